import { isEmptySelector } from "../objects/network.ts";
import { fits } from "../objects/selectors.ts";
import { severalPods } from "../objects/several.ts";
import { fields, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Several pods are there so that one may go: a budget keeps the others. */
export const disruptionBudgets = stackRule({
  name: "disruption-budgets",
  severity: "advisory",
  description: "A workload of several pods has a PodDisruptionBudget.",
  why: "A drain, as in every upgrade of the cluster, may take all of them at once.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
  check(stack) {
    const served = new Set(
      stack
        .ofKind("Service")
        .flatMap((service) => stack.podsWith(service.namespace, texts(fields(service.content.spec).selector)))
        .map(({ content }) => content),
    );
    const fitsBudget = ({ namespace, labels }: (typeof stack.workloads)[number]) =>
      stack.ofKind("PodDisruptionBudget", namespace).some(({ content }) => {
        const { selector } = fields(content.spec);
        return selector !== undefined && (isEmptySelector(selector) || fits(selector, labels));
      });
    return severalPods(stack).flatMap(({ object, because, scaler }) => {
      // A workload's file alone may have its budget in another; with its Service or autoscaler, or other budgets, it is missing.
      const isWhole =
        scaler ||
        served.has(object.content) ||
        stack.ofKind("PodDisruptionBudget", object.namespace).length > 0;
      if (!isWhole || fitsBudget(object)) return [];
      return [
        {
          object,
          path: "spec.replicas",
          problem: `no PodDisruptionBudget selects its pods, though ${because}`,
          fix: "Add one with maxUnavailable: 1 that selects the labels of its template",
        },
      ];
    });
  },
});
