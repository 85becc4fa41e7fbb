import { isDeepStrictEqual } from "node:util";
import type { StackObject } from "../objects/stack.ts";
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
    if (stack.objects.some(({ kind, group }) => group === "kustomize.config.k8s.io" || kind === "Kustomization")) return [];
    const first = new Map<string, StackObject>();
    return stack.objects.flatMap((object) => {
      const { kind, group, namespace, name, source } = object;
      const id = `${group} ${kind} ${namespace} ${name}`;
      const other = first.get(id);
      if (name === "" || !other) first.set(id, object);
      // The same text twice, as generated files have it, changes nothing.
      if (name === "" || !other || isDeepStrictEqual(other.content, object.content)) return [];
      const where = other.source !== undefined && source !== undefined ? `, first in ${other.source}` : "";
      return [
        {
          object,
          path: "metadata.name",
          problem: `there are two of ${kind} ${name} in namespace ${namespace}${where}`,
          fix: "Leave one of them out, or give it a name of its own",
        },
      ];
    });
  },
});
