import { type Budget, budgetsOf, describePods } from "../objects/budgets.ts";
import { podCount, scalersOf } from "../objects/scaling.ts";
import { isSet } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A budget that never lets a pod go stops every drain of its node. */
export const blockingBudgets = stackRule({
  name: "blocking-budgets",
  severity: "mandatory",
  description: "A PodDisruptionBudget allows at least one of its pods to be evicted.",
  why: "A node with such a pod can never be drained, and upgrades of the cluster stop there.",
  reference:
    "https://kubernetes.io/docs/tasks/run-application/configure-pdb/#think-about-how-your-application-reacts-to-disruptions",
  check(stack) {
    return budgetsOf(stack, scalersOf(stack)).flatMap((budget) => {
      const found = blocking(budget);
      const fix = "Write maxUnavailable: 1 and no minAvailable, or run more pods than have to be available";
      return found === undefined ? [] : [{ object: budget.object, fix, ...found }];
    });
  },
});

function blocking({
  maxUnavailable,
  minAvailable,
  pods,
  isScaled,
}: Budget): { path: string; problem: string } | undefined {
  if (isSet(maxUnavailable))
    return podCount(maxUnavailable, 100) === 0
      ? { path: "spec.maxUnavailable", problem: `maxUnavailable ${maxUnavailable} allows no eviction` }
      : undefined;
  const path = "spec.minAvailable";
  if (minAvailable === "100%") return { path, problem: "minAvailable 100% allows no eviction" };
  // No pods at all are a workload that is switched off.
  const needed = pods && podCount(minAvailable, pods);
  if (!pods || needed === undefined || needed < pods) return undefined;
  const when = isScaled
    ? `while there are only ${describePods(pods)}`
    : `as there are no more than ${describePods(pods)}`;
  return { path, problem: `minAvailable ${minAvailable} allows no eviction ${when}` };
}
