import { scalersOf } from "../objects/scaling.ts";
import { fields, number } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Either an autoscaler says how many pods there are, or the workload. */
export const fixedReplicas = stackRule({
  name: "fixed-replicas",
  severity: "mandatory",
  description: "A workload that an autoscaler scales leaves its own number of replicas out.",
  why: "Every deployment sets the number back, in the middle of the load that it was raised for.",
  reference:
    "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
  check(stack) {
    const scalers = scalersOf(stack);
    return stack.workloads.flatMap((object) => {
      const [scaler] = scalers.of(object);
      const replicas = number(fields(object.content.spec).replicas);
      // No replicas switch an autoscaler off, which is a way to stop a workload.
      if (!scaler || !replicas) return [];
      return [
        {
          object,
          path: "spec.replicas",
          problem: `it has replicas: ${replicas}, and ${scaler.object.kind} ${scaler.object.name} scales it`,
          fix: "Leave replicas out, and write the least number as minReplicas of the autoscaler",
        },
      ];
    });
  },
});
