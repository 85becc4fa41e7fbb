import * as pulumi from "@pulumi/pulumi";
import type { Credential } from "./credentials.ts";

/** Entries of a Secret for who checks credentials: each value, and as `previous-NAME` the one before it, if any. */
export function acceptedEntries(
  credentials: Readonly<Record<string, Credential>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(credentials).flatMap(([name, { value, previous }]) => [
      [name, value],
      ...(previous ? [[`previous-${name}`, previous] as const] : []),
    ]),
  );
}

/** All values of a Secret as one text, for its revision. */
export function contentOf(entries: Readonly<Record<string, pulumi.Output<string>>>): pulumi.Output<string> {
  return pulumi.all(entries).apply((values) => JSON.stringify(values));
}
