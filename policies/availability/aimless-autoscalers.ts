import { isKind } from "../objects/kinds.ts";
import { isAimless } from "../objects/scaling.ts";
import { objectRule } from "../rule.ts";

/** What nobody wrote is a decision all the same, of the API server. */
export const aimlessAutoscalers = objectRule({
  name: "aimless-autoscalers",
  severity: "advisory",
  description: "A HorizontalPodAutoscaler says by what metric it scales.",
  why: "Without one it holds 80 % of the CPU that its pods request, whether or not that tells how busy they are.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/autoscaling/horizontal-pod-autoscaler-v2/",
  check(object) {
    if (!isKind(object, "HorizontalPodAutoscaler") || !isAimless(object)) return [];
    return [{ path: "spec.metrics", problem: "the autoscaler has no metrics", fix: "Write spec.metrics" }];
  },
});
