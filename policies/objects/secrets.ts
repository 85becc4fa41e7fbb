import { isKind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import { memberPath } from "./texts.ts";
import { fields, ifKnown, texts } from "./values.ts";

/** A value of a Secret. */
export interface SecretEntry {
  readonly field: "data" | "stringData";
  readonly path: string;
  readonly key: string;
  /** Decoded; never to be shown. */
  readonly value: string;
}

/** The values of a Secret as they are meant; those not known yet, empty, or wrongly encoded are left out. */
export function entriesOf(secret: KubernetesObject): SecretEntry[] {
  if (!isKind(secret, "Secret")) return [];
  return (["data", "stringData"] as const).flatMap((field) =>
    Object.entries(texts(ifKnown(() => fields(secret[field])))).flatMap(([key, written]) => {
      const value = field === "data" ? decoded(written) : written;
      return value === undefined || value.trim() === ""
        ? []
        : [{ field, path: memberPath(field, key), key, value }];
    }),
  );
}

/** Text of base64; what is written between marks, as templates do, is taken as it is. */
function decoded(written: string): string | undefined {
  const compact = written.replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return /[${<[]/.test(written) ? written : undefined;
  return Buffer.from(compact, "base64").toString("utf8");
}
