import { keysOf, referencesOf } from "../objects/references.ts";
import { stackRule } from "../rule.ts";

/** A key that is asked for must be in the ConfigMap or Secret. */
export const missingKeys = stackRule({
  name: "missing-keys",
  severity: "mandatory",
  description: "The keys of ConfigMaps and Secrets that pods ask for are in them.",
  why: "The container never starts.",
  reference:
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#define-container-environment-variables-using-configmap-data",
  check(stack) {
    return stack.workloads.flatMap((object) =>
      referencesOf(object).flatMap(({ kind, name, keys, by, isOptional }) => {
        const source = stack.find(kind, object.namespace, name);
        // A Secret without any data is filled by somebody else.
        const known = source && keysOf(source);
        if (!keys || !known || known.length === 0 || isOptional) return [];
        return keys
          .filter(({ key }) => !known.includes(key))
          .map(({ key, path }) => ({
            object,
            path,
            problem: `${by} asks for key ${key} of ${kind} ${name}, which has ${known.slice(0, 8).join(", ")}`,
            fix: "Write a key that it has, or add this one to it",
          }));
      }),
    );
  },
});
