import { describeElsewhere, elsewhereIn, putTogether } from "../objects/elsewhere.ts";
import { podsMadeByOthers } from "../objects/operators.ts";
import { describeSelector, isEmptySelector, selectorWords } from "../objects/selectors.ts";
import { fields } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A budget whose selector fits no pod protects none. */
export const budgetSelectors = stackRule({
  name: "budget-selectors",
  severity: "mandatory",
  description: "The selector of a PodDisruptionBudget fits the labels of pods in its namespace.",
  why: "It protects nothing: a drain may take all pods at once.",
  reference:
    "https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
  check(stack) {
    const mayBeMade = podsMadeByOthers(stack);
    const elsewhere = elsewhereIn(stack);
    const populated = new Set(stack.workloads.map(({ namespace }) => namespace));
    return stack.ofKind("PodDisruptionBudget").flatMap((object) => {
      const { selector } = fields(object.content.spec);
      if (isEmptySelector(selector) || stack.podsFitting(object.namespace, selector).length > 0) return [];
      const other = elsewhere.selected(object, selector);
      // Without pods of its namespace, the set says nothing about who else is there, unless it has them elsewhere.
      if (!populated.has(object.namespace) && !other) return [];
      if (mayBeMade(object.namespace, selectorWords(selector))) return [];
      return [
        {
          object,
          path: "spec.selector",
          problem: `it is about ${describeSelector(selector)}, which no pod of namespace ${object.namespace} fits${describeElsewhere(other)}`,
          fix: other ? putTogether : "Select by labels of the pods' template",
        },
      ];
    });
  },
});
