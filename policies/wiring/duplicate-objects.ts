import { isDeepStrictEqual } from "node:util";
import { fileOf, folderOf } from "../objects/sources.ts";
import { identityOf, type StackObject } from "../objects/stack.ts";
import { stackRule } from "../rule.ts";

/** An object is described once. */
export const duplicateObjects = stackRule({
  name: "duplicate-objects",
  severity: "mandatory",
  description: "No two objects of a set are of the same kind, namespace and name.",
  why: "Each deployment ends with whichever of them comes last.",
  reference: "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names",
  check(stack) {
    // Files of Kustomize are bases and patches of one object; what they make is one.
    if (
      stack.objects.some(({ kind, group }) => group === "kustomize.config.k8s.io" || kind === "Kustomization")
    )
      return [];
    const pairs = pairsIn(stack.objects);
    const files = filesOfIdentities(stack.objects);
    const shared = Map.groupBy(pairs, ({ first, object }) => `${fileOf(first)} ${fileOf(object)}`);
    return pairs
      .filter(({ first, object }) => {
        if (fileOf(first) === fileOf(object)) return true;
        // Folders may be alternatives of each other, as dev and prod; so may files that have several objects in common, or several that have one.
        const isSingle = shared.get(`${fileOf(first)} ${fileOf(object)}`)?.length === 1;
        return isSingle && folderOf(first) === folderOf(object) && files.get(identityOf(object))?.size === 2;
      })
      .map(({ first, object }) => {
        const where = first.source === undefined ? "" : `, first in ${first.source}`;
        return {
          object,
          path: "metadata.name",
          problem: `there are two of ${object.kind} ${object.name} in namespace ${object.namespace}${where}`,
          fix: "Leave one of them out, or give it a name of its own",
        };
      });
  },
});

interface Pair {
  readonly first: StackObject;
  readonly object: StackObject;
}

/** Objects of one identity with the first of it; the same text twice, as generated files have it, changes nothing. */
function pairsIn(objects: readonly StackObject[]): Pair[] {
  const seen = new Map<string, StackObject>();
  return objects.flatMap((object) => {
    const id = identityOf(object);
    const first = seen.get(id);
    if (object.name === "") return [];
    if (!first) seen.set(id, object);
    return !first || isDeepStrictEqual(first.content, object.content) ? [] : [{ first, object }];
  });
}

function filesOfIdentities(objects: readonly StackObject[]): Map<string, Set<string>> {
  const files = new Map<string, Set<string>>();
  for (const object of objects) {
    const id = identityOf(object);
    const known = files.get(id) ?? new Set();
    files.set(id, known.add(fileOf(object)));
  }
  return files;
}
