import { dataKey, isTemplate } from "../objects/forms.ts";
import { isKind } from "../objects/kinds.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { memberPath } from "../objects/texts.ts";
import { fields, ifKnown } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Keys become names of files. */
export const dataKeys = objectRule({
  name: "data-keys",
  severity: "mandatory",
  description: "Keys of ConfigMaps and Secrets are names of files, and each is there once.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object",
  check(object) {
    if (!isKind(object, "ConfigMap", "Secret")) return [];
    const sorts = isKind(object, "Secret") ? ["data", "stringData"] : ["data", "binaryData"];
    // In a Secret, stringData just wins.
    const taken = new Set(isKind(object, "Secret") ? [] : keysOf(object, "data"));
    return sorts.flatMap((sort) =>
      keysOf(object, sort).flatMap((key): Violation[] => {
        const path = memberPath(sort, key);
        if (!dataKey.fits(key) && !isTemplate(key))
          return [{ path, problem: "the key is no name of a file", fix: `Write ${dataKey.words}` }];
        const isSecond = sort === "binaryData" && taken.has(key);
        return isSecond
          ? [{ path, problem: "the key is among data, too", fix: "Leave one of them out" }]
          : [];
      }),
    );
  },
});

function keysOf(object: KubernetesObject, sort: string): string[] {
  return Object.keys(fields(ifKnown(() => object[sort])));
}
