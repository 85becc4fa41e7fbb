import { scalersOf } from "../objects/scaling.ts";
import { stackRule } from "../rule.ts";

/** An autoscaler that may not scale is a fixed number of pods. */
export const idleAutoscalers = stackRule({
  name: "idle-autoscalers",
  severity: "advisory",
  description: "The maximum of an autoscaler is above its minimum.",
  why: "It can never add a pod, however high the load is.",
  reference: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
  check(stack) {
    return scalersOf(stack).all.flatMap(({ object, min, max }) => {
      if (max !== min) return [];
      const path = object.kind === "ScaledObject" ? "spec.maxReplicaCount" : "spec.maxReplicas";
      const problem = `it keeps between ${min} and ${max} pods`;
      return [
        {
          object,
          path,
          problem,
          fix: "Write a higher maximum, or replicas in the workload and no autoscaler",
        },
      ];
    });
  },
});
