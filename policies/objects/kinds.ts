import { groupsOfKinds } from "../data/kind-groups.ts";
import type { KubernetesObject } from "./object.ts";
import { text } from "./values.ts";

/** Group of an object's API, without the version; "" is the core group. */
export function groupOf({ apiVersion }: KubernetesObject): string {
  const given = text(apiVersion) ?? "";
  return given.includes("/") ? (given.split("/")[0] ?? "") : "";
}

/**
 * Whether an object is of one of these kinds. Of kinds that Kubernetes has itself, only its own count, not those of another
 * group; what says no apiVersion is taken for its own.
 */
export function isKind(object: KubernetesObject, ...kinds: readonly string[]): boolean {
  const kind = text(object.kind);
  if (kind === undefined || !kinds.includes(kind)) return false;
  const groups = groupsOfKinds.get(kind);
  return !groups || text(object.apiVersion) === undefined || groups.includes(groupOf(object));
}
