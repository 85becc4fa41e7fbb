import { z } from "zod";
import { severalPods } from "../objects/several.ts";
import { fields, list } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Several pods on one node end together. */
export const spreadReplicas = stackRule({
  name: "spread-replicas",
  severity: "advisory",
  description: "A workload of several pods says how they are spread over nodes or zones.",
  why: "All of them may be on one node, and end with it.",
  reference: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
  options: z.object({
    replicas: z
      .int()
      .min(2)
      .default(2)
      .meta({ description: "Number of pods of a workload from which on they are to be spread." }),
  }),
  check(stack, { replicas }) {
    return severalPods(stack, replicas).flatMap(({ object, because }) => {
      const { topologySpreadConstraints, affinity } = object.pod.spec;
      const anti = fields(fields(affinity).podAntiAffinity);
      const terms = [
        ...list(topologySpreadConstraints),
        ...list(anti.requiredDuringSchedulingIgnoredDuringExecution),
        ...list(anti.preferredDuringSchedulingIgnoredDuringExecution),
      ];
      if (terms.length > 0) return [];
      return [
        {
          object,
          path: `${object.pod.path}.topologySpreadConstraints`,
          problem: `nothing spreads its pods, though ${because}`,
          fix: "Write a constraint over topology.kubernetes.io/zone or kubernetes.io/hostname with the labels of its template as labelSelector",
        },
      ];
    });
  },
});
