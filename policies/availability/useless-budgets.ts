import { type Budget, budgetsOf, describePods } from "../objects/budgets.ts";
import { podCount, scalersOf } from "../objects/scaling.ts";
import { isSet } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A budget that lets all pods go protects nothing. */
export const uselessBudgets = stackRule({
  name: "useless-budgets",
  severity: "advisory",
  description: "A PodDisruptionBudget keeps at least one of several pods.",
  why: "A drain may take all pods at once, as if there were no budget.",
  reference:
    "https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
  check(stack) {
    return budgetsOf(stack, scalersOf(stack)).flatMap((budget) => {
      const found = useless(budget);
      return found === undefined ? [] : [{ object: budget.object, fix: "Write maxUnavailable: 1", ...found }];
    });
  },
});

function useless({
  maxUnavailable,
  minAvailable,
  pods,
}: Budget): { path: string; problem: string } | undefined {
  if (!isSet(maxUnavailable)) {
    if (!isSet(minAvailable)) return { path: "spec.maxUnavailable", problem: "the budget has no bound" };
    return podCount(minAvailable, 100) === 0
      ? { path: "spec.minAvailable", problem: `minAvailable ${minAvailable} keeps no pod` }
      : undefined;
  }
  const path = "spec.maxUnavailable";
  if (isSet(minAvailable)) return undefined;
  if (maxUnavailable === "100%") return { path, problem: "maxUnavailable 100% keeps no pod" };
  // A single pod cannot be kept without blocking drains: a budget that lets it go is ready for a second one.
  const allowed = pods && podCount(maxUnavailable, pods);
  if (!pods || pods < 2 || allowed === undefined || allowed < pods) return undefined;
  return {
    path,
    problem: `maxUnavailable ${maxUnavailable} keeps no pod, as there may be no more than ${describePods(pods)}`,
  };
}
