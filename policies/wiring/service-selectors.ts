import { describeElsewhere, elsewhereIn, putTogether } from "../objects/elsewhere.ts";
import { podsMadeByOthers } from "../objects/operators.ts";
import { describeSelector } from "../objects/selectors.ts";
import { fields, text, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A Service whose selector fits no pod has nobody behind it. */
export const serviceSelectors = stackRule({
  name: "service-selectors",
  severity: "mandatory",
  description: "The selector of a Service fits the labels of pods in its namespace.",
  why: "It has no endpoints, and refuses every connection.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service",
  check(stack) {
    const mayBeMade = podsMadeByOthers(stack);
    const elsewhere = elsewhereIn(stack);
    const populated = new Set(stack.workloads.map(({ namespace }) => namespace));
    return stack.ofKind("Service").flatMap((object) => {
      const spec = fields(object.content.spec);
      const selector = texts(spec.selector);
      const words = Object.values(selector);
      if (words.length === 0 || text(spec.type) === "ExternalName") return [];
      if (stack.podsWith(object.namespace, selector).length > 0) return [];
      const other = elsewhere.selected(object, { matchLabels: selector });
      // Without pods of its namespace, the set says nothing about who else is there, unless it has them elsewhere.
      if (!populated.has(object.namespace) && !other) return [];
      if (mayBeMade(object.namespace, words)) return [];
      const shown = describeSelector({ matchLabels: selector });
      return [
        {
          object,
          path: "spec.selector",
          problem: `it selects ${shown}, which no pod of namespace ${object.namespace} has${describeElsewhere(other)}`,
          fix: other ? putTogether : "Select by labels of the pods' template",
        },
      ];
    });
  },
});
