import { isKind } from "../objects/kinds.ts";
import { fields, ifKnown, isSet, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Keys of each type, all of which have to be there. */
const keysOfTypes: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "kubernetes.io/tls": ["tls.crt", "tls.key"],
    "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
    "kubernetes.io/dockercfg": [".dockercfg"],
    "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  }),
);

/** Who says a type promises its keys. */
export const typedSecrets = objectRule({
  name: "typed-secrets",
  severity: "mandatory",
  description: "A Secret of one of Kubernetes' types has the keys of that type.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
  check(object) {
    if (!isKind(object, "Secret")) return [];
    const type = ifKnown(() => text(object.type)) ?? "";
    const holders = ["data", "stringData"].map((sort) => ifKnown(() => ({ value: object[sort] })));
    // Of data that a preview does not know yet, it does not know the keys either.
    if (holders.includes(undefined)) return [];
    const given = new Set(holders.flatMap((holder) => Object.keys(fields(holder?.value))));
    const missing = (keysOfTypes.get(type) ?? []).filter((key) => !given.has(key));
    const path = isSet(object.stringData) && !isSet(object.data) ? "stringData" : "data";
    if (missing.length === 0) return [];
    return [
      {
        path,
        problem: `a Secret of type ${type} has no ${missing.join(" and no ")}`,
        fix: "Write the keys of the type, or leave the type out",
      },
    ];
  },
});
