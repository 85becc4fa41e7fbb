import { groupsOfKinds } from "../data/kind-groups.ts";
import { isTemplate } from "./forms.ts";
import { isKind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import { containersOf, podSpecOf } from "./pods.ts";
import { memberPath } from "./texts.ts";
import { fields, ifKnown, isSet, list, text } from "./values.ts";

/** A value, and where in its object it is; "" is the object itself. */
export interface Place {
  readonly path: string;
  readonly value: unknown;
}

/**
 * What stands at a path below a place: `[]` is every entry of a list, `*` every member of a mapping, as in `spec.ports[].port` or
 * `data.*`. What is not set, not known yet, or a template is left out.
 */
export function placesAt(root: Place, path: string): Place[] {
  return path.split(".").reduce((places: Place[], step) => places.flatMap(followed(step)), [root]);
}

function followed(step: string): (place: Place) => Place[] {
  const key = step.replace("[]", "");
  return (place) => {
    const keys = key === "*" ? Object.keys(fields(place.value)) : [key];
    const found = keys.flatMap((one) => {
      const value = ifKnown(() => fields(place.value)[one]);
      return isGiven(value) ? [{ path: memberPath(place.path, one), value }] : [];
    });
    return step.endsWith("[]") ? found.flatMap(entriesOf) : found;
  };
}

function entriesOf({ path, value }: Place): Place[] {
  return [...list(value).keys()].flatMap((index) => {
    const entry = ifKnown(() => list(value)[index]);
    return isGiven(entry) ? [{ path: `${path}[${index}]`, value: entry }] : [];
  });
}

function isGiven(value: unknown): boolean {
  return isSet(value) && !isTemplate(value);
}

/** Whether an object is of a kind that Kubernetes has itself, and that its API server knows all fields of. */
export function isOwnKind(object: KubernetesObject): boolean {
  const kind = text(object.kind) ?? "";
  return groupsOfKinds.has(kind) && isKind(object, kind);
}

/** Parts of Kubernetes' own objects that a table of fields may be about: their pods, the pods' containers, or a kind's objects. */
export type Scope = "pod" | "container" | { readonly kinds: readonly string[] };

export function placesOf(object: KubernetesObject, scope: Scope): Place[] {
  if (!isOwnKind(object)) return [];
  if (typeof scope === "object") return isKind(object, ...scope.kinds) ? [{ path: "", value: object }] : [];
  const pod = podSpecOf(object);
  if (!pod) return [];
  if (scope === "pod") return [{ path: pod.path, value: pod.spec }];
  return containersOf(pod).map(({ path, container }) => ({ path, value: container }));
}
