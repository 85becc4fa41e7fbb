import { isKind } from "../objects/kinds.ts";
import { fields, isSet, number } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** An autoscaler needs a range. */
export const autoscalerBounds = objectRule({
  name: "autoscaler-bounds",
  severity: "mandatory",
  description: "A HorizontalPodAutoscaler has a maximum, which is no less than its minimum.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/autoscaling/horizontal-pod-autoscaler-v2/",
  check(object) {
    if (!isKind(object, "HorizontalPodAutoscaler")) return [];
    const { minReplicas, maxReplicas } = fields(object.spec);
    const min = number(minReplicas) ?? 1;
    const max = number(maxReplicas);
    const path = "spec.maxReplicas";
    if (!isSet(maxReplicas))
      return [
        { path, problem: "the autoscaler has no maxReplicas", fix: "Write the most pods that there may be" },
      ];
    if (max === undefined || max >= min) return [];
    const problem = `the autoscaler's maxReplicas ${max} is less than its minReplicas ${min}`;
    return [{ path, problem, fix: "Write a maximum above the minimum" }];
  },
});
