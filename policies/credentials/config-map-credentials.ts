import { credentialsIn, isLiteralCredential, namesCredential } from "../objects/credentials.ts";
import { isKind } from "../objects/kinds.ts";
import { memberPath } from "../objects/texts.ts";
import { fields, ifKnown, texts } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Entries, and the files that entries hold; values of a known form are for the rules about these. */
export const configMapCredentials = objectRule({
  name: "config-map-credentials",
  severity: "mandatory",
  description: "ConfigMaps hold no credentials, neither as entries nor in the files that are entries.",
  why: "ConfigMaps are neither encrypted nor kept from those who may read the namespace.",
  reference: "https://kubernetes.io/docs/concepts/configuration/configmap/",
  check(object) {
    if (!isKind(object, "ConfigMap")) return [];
    const data = texts(ifKnown(() => fields(object.data)));
    return Object.entries(data).flatMap(([key, value]) => violationOf(key, value));
  },
});

/** More than these are not named in a message. */
const most = 5;

function violationOf(key: string, value: string): Violation[] {
  const path = memberPath("data", key);
  // The name of an entry says what it is as long as the entry is one value; a longer one is a file.
  const isValue = !value.trim().includes("\n");
  if (isValue && namesCredential(key) && isLiteralCredential(key, value)) {
    const problem = `entry ${key} holds a credential in the open`;
    return [{ path, problem, fix: `Move ${key} to a Secret, and mount that` }];
  }
  const found = credentialsIn(value);
  if (found.length === 0) return [];
  const places = found.map(({ name, line }) => (isValue ? name : `${name} (line ${line})`));
  const shown = places.slice(0, most).join(", ");
  const others = places.length > most ? ` and ${places.length - most} more` : "";
  return [
    {
      path,
      problem: `file ${key} gives ${shown}${others} in the open`,
      fix: "Keep the whole file in a Secret, or have the program read these values from files of one",
    },
  ];
}
