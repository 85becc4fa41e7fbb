import { isKind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import { type PlacedText, textsBelow } from "./texts.ts";
import { at } from "./values.ts";

/** Fields that repeat certificates, which are public, or what somebody else wrote. */
const uninteresting = new Set(["caBundle", "managedFields", "status"]);

/**
 * The texts of an object that everybody who may read such objects reads: all but the values of Secrets. Definitions of
 * custom resources are left out: what they hold are explanations.
 */
export function openTexts(object: KubernetesObject): PlacedText[] {
  if (isKind(object, "CustomResourceDefinition")) return [];
  return Object.keys(object).flatMap((key) => {
    if (uninteresting.has(key) || (isKind(object, "Secret") && ["data", "stringData"].includes(key)))
      return [];
    return textsBelow(at(object, key), key, key).filter(({ field }) => !uninteresting.has(field));
  });
}
