import { isKind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import { isOwnKind, type Place, placesAt } from "./places.ts";
import { memberPath } from "./texts.ts";
import { deepest, fields, ifKnown } from "./values.ts";

/** Labels, annotations, or a selector of labels, with its path in the object. */
export interface LabelMap extends Place {
  readonly sort: "labels" | "annotations";
}

/** Fields whose members are labels, wherever they stand. */
const selectors = new Set(["matchLabels", "nodeSelector"]);

/**
 * Everything in an object that is a mapping of labels or annotations: its own, those of what it makes, and selectors. Of custom
 * resources only their own metadata: what they mean by the rest is their matter.
 */
export function labelMapsOf(object: KubernetesObject): LabelMap[] {
  const root = { path: "", value: object };
  const own = metadataOf(root);
  // What a definition of custom resources calls so is a description of such fields.
  if (!isOwnKind(object) || isKind(object, "CustomResourceDefinition")) return own;
  const plain = ["Service", "ReplicationController"].includes(String(object.kind)) ? ["spec.selector"] : [];
  return [
    ...own,
    ...plain.flatMap((path) => placesAt(root, path)).map((place) => ({ ...place, sort: "labels" as const })),
    ...["spec", "template"].flatMap((path) => placesAt(root, path)).flatMap((place) => mapsBelow(place)),
  ];
}

function metadataOf(holder: Place): LabelMap[] {
  return (["labels", "annotations"] as const).flatMap((sort) =>
    placesAt(holder, `metadata.${sort}`).map((place) => ({ ...place, sort })),
  );
}

function mapsBelow(place: Place, depth = 0): LabelMap[] {
  const { path, value } = place;
  if (depth > deepest || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value))
    return [...value.keys()].flatMap((index) =>
      mapsBelow({ path: `${path}[${index}]`, value: ifKnown(() => value[index] as unknown) }, depth + 1),
    );
  const below = Object.keys(fields(value)).flatMap((key): LabelMap[] => {
    const inner = { path: memberPath(path, key), value: ifKnown(() => fields(value)[key]) };
    if (selectors.has(key)) return [{ ...inner, sort: "labels" }];
    return key === "metadata" ? [] : mapsBelow(inner, depth + 1);
  });
  return [...metadataOf(place), ...below];
}
