import { scalersOf } from "../objects/scaling.ts";
import { stackRule } from "../rule.ts";

/** One autoscaler decides on the number of a workload's pods. */
export const oneAutoscaler = stackRule({
  name: "one-autoscaler",
  severity: "mandatory",
  description: "No two autoscalers have the same target.",
  why: "Each sets the number that the other has just changed.",
  reference:
    "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#scaling-on-multiple-metrics",
  check(stack) {
    const scalers = scalersOf(stack);
    return scalers.all.flatMap(({ object, path, target }) => {
      const [first] = scalers.of({ ...target, namespace: object.namespace });
      // The same object twice is another rule's matter.
      if (!first || first.object.content === object.content || first.object.name === object.name) return [];
      return [
        {
          object,
          path,
          problem: `it scales ${target.kind} ${target.name}, which ${first.object.kind} ${first.object.name} scales too`,
          fix: "Write all metrics into one of them: the highest number that they ask for counts",
        },
      ];
    });
  },
});
