import { podSpecOf } from "../objects/pods.ts";
import { fields, ifKnown, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** What says `default` itself means it; what says nothing goes to where it is applied. */
export const ownNamespaces = objectRule({
  name: "own-namespaces",
  severity: "advisory",
  description: "Workloads are in a namespace of their own, not in `default`.",
  why: "Policies, quotas and rights are the namespace's, and everybody's leftovers are in this one.",
  reference:
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
  check(object) {
    const namespace = ifKnown(() => text(fields(object.metadata).namespace));
    if (namespace !== "default" || !podSpecOf(object)) return [];
    const problem = "the workload is in namespace default";
    return [{ path: "metadata.namespace", problem, fix: "Make a namespace for it and name that" }];
  },
});
