import { isKind } from "../objects/kinds.ts";
import { fields, isSet } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** A budget says what may be missing, or what has to be there. */
export const budgetBounds = objectRule({
  name: "budget-bounds",
  severity: "mandatory",
  description: "A PodDisruptionBudget has one of minAvailable and maxUnavailable, not both.",
  why: "The API server refuses the object.",
  reference:
    "https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
  check(object) {
    const { minAvailable, maxUnavailable } = fields(object.spec);
    if (!isKind(object, "PodDisruptionBudget") || !isSet(minAvailable) || !isSet(maxUnavailable)) return [];
    return [
      {
        path: "spec.minAvailable",
        problem: "the budget has both minAvailable and maxUnavailable",
        fix: "Leave minAvailable out: maxUnavailable holds for any number of pods",
      },
    ];
  },
});
