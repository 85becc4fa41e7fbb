import { z } from "zod";
import {
  credentialsIn,
  isGuessable,
  isLiteralCredential,
  isPlaceholder,
  namesCredential,
} from "../objects/credentials.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { entriesOf, type SecretEntry } from "../objects/secrets.ts";
import { fields, ifKnown, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** In Secrets only: a credential anywhere else is found for being there. */
export const guessableCredentials = objectRule({
  name: "guessable-credentials",
  severity: "mandatory",
  description:
    "Credentials in Secrets cannot be guessed: they are neither short nor made of words that are known.",
  why: "Whoever reaches the server tries such values first.",
  reference: "https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver",
  // In a manifest it is known to more than those who guess.
  yieldsTo: ["literal-secrets"],
  options: z.object({
    // Fewer than 8 the standard allows nobody.
    leastLength: z.int().min(8).default(8).meta({ description: "Fewest characters of a credential." }),
  }),
  check(object, { leastLength }) {
    const entries = entriesOf(object);
    const around = [
      ...namesOf(object),
      ...entries.filter(({ key }) => !namesCredential(key)).map(({ value }) => value.slice(0, 200)),
    ];
    const flawOf = (value: string, key: string) => {
      // An address or a file beside it that holds the credential tells nobody how to guess it.
      const known = around.map((one) => (one === value ? one : one.replaceAll(value, " ")));
      if (isGuessable(value, [...known, key])) return "that can be guessed";
      return value.length < leastLength ? `of fewer than ${leastLength} characters` : undefined;
    };
    return entries.flatMap((entry) => {
      const { path, key } = entry;
      const [flaw] = valuesOf(entry).flatMap((value) => flawOf(value, key) ?? []);
      if (!flaw) return [];
      const problem = `entry ${key} is ${key.includes(".") ? "or holds " : ""}a credential ${flaw}`;
      const fix = `Have it generated, with at least ${Math.max(16, leastLength)} random characters`;
      return [{ path, problem, fix }];
    });
  },
});

/** Values of an entry that are credentials: itself, or those in the file that it is. */
function valuesOf({ key, value }: SecretEntry): string[] {
  const whole = value.trim();
  const isValue = !whole.includes("\n");
  if (isValue && namesCredential(key))
    return isPlaceholder(whole) || !isLiteralCredential("password", whole) ? [] : [whole];
  return credentialsIn(value).map((found) => found.value);
}

function namesOf({ metadata }: KubernetesObject): string[] {
  const about = fields(metadata);
  return ["name", "namespace"].flatMap((key) => ifKnown(() => text(about[key])) ?? []);
}
