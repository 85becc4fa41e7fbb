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
  check(object) {
    const entries = entriesOf(object);
    const around = [
      ...namesOf(object),
      ...entries.filter(({ key }) => !namesCredential(key)).map(({ value }) => value.slice(0, 200)),
    ];
    return entries
      .filter((entry) => valuesOf(entry).some((value) => isGuessable(value, [...around, entry.key])))
      .map(({ path, key }) => ({
        path,
        problem: `entry ${key} is ${key.includes(".") ? "or holds " : ""}a credential that can be guessed`,
        fix: "Have it generated, with at least 16 random characters",
      }));
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
