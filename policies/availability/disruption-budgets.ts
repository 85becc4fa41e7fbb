import { z } from "zod";
import { podsMadeByOthers } from "../objects/operators.ts";
import { isEmptySelector, selectorWords } from "../objects/selectors.ts";
import { severalPods } from "../objects/several.ts";
import type { Stack, Workload } from "../objects/stack.ts";
import { fields, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Several pods are there so that one may go: a budget keeps the others. */
export const disruptionBudgets = stackRule({
  name: "disruption-budgets",
  severity: "advisory",
  description: "A workload of several pods has a PodDisruptionBudget.",
  why: "A drain, as in every upgrade of the cluster, may take all of them at once.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
  options: z.object({
    replicas: z
      .int()
      .min(2)
      .default(2)
      .meta({ description: "Number of pods of a workload from which on it is to have a budget." }),
  }),
  check(stack, { replicas }) {
    const behind = stack
      .ofKind("Service")
      .map((service) => stack.podsWith(service.namespace, texts(fields(service.content.spec).selector)));
    const served = new Set([...new Set(behind)].flat().map(({ content }) => content));
    const hasBudget = budgeted(stack);
    return severalPods(stack, replicas).flatMap(({ object, because, scaler }) => {
      // A workload's file alone may have its budget in another; with its Service or autoscaler, or other budgets, it is missing.
      const isWhole =
        scaler ||
        served.has(object.content) ||
        stack.ofKind("PodDisruptionBudget", object.namespace).length > 0;
      if (!isWhole || hasBudget(object)) return [];
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

/**
 * Whether some budget of the set selects the pods of a workload, or one of its namespace selects nobody, which is reported there
 * and may mean it. A budget without a selector selects none.
 */
function budgeted(stack: Stack): (workload: Workload) => boolean {
  const whole = new Set<string>();
  const single = new Set<Workload["content"]>();
  const mayBeMade = podsMadeByOthers(stack);
  for (const { namespace, content } of stack.ofKind("PodDisruptionBudget")) {
    const { selector } = fields(content.spec);
    if (selector === undefined) continue;
    const selected = stack.podsFitting(namespace, selector);
    const isLost = selected.length === 0 && !mayBeMade(namespace, selectorWords(selector));
    if (isEmptySelector(selector) || isLost) whole.add(namespace);
    else for (const workload of selected) single.add(workload.content);
  }
  return ({ namespace, content }) => whole.has(namespace) || single.has(content);
}
