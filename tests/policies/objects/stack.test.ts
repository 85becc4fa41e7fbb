import fc from "fast-check";
import { expect, test } from "vitest";
import { fits } from "../../../policies/objects/selectors.ts";
import { stackOf } from "../../../policies/objects/stack.ts";

const keys = ["app", "tier", "zone"];
const values = ["a", "b", "c"];
const label = fc.constantFrom(...values);
const labels = fc.dictionary(fc.constantFrom(...keys), label);
const fewLabels = fc.dictionary(fc.constantFrom(...keys), label, { maxKeys: 1 });
const expression = fc.record({
  key: fc.constantFrom(...keys),
  operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
  values: fc.array(label, { maxLength: 2 }),
});
const selector = fc
  .record({ matchLabels: fewLabels, matchExpressions: fc.array(expression, { maxLength: 2 }) })
  // What selects nothing in particular is for its callers to tell.
  .filter(
    ({ matchLabels, matchExpressions }) => Object.keys(matchLabels).length + matchExpressions.length > 0,
  );

test("what is looked up by a selector is what fits it", () => {
  fc.assert(
    fc.property(fc.array(labels, { maxLength: 8 }), selector, (pods, wanted) => {
      const given = pods.map((own, index) => ({
        content: {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: `pod-${index}`, namespace: index === 3 ? "other" : "shop", labels: own },
          spec: { containers: [] },
        },
      }));
      const found = stackOf(given).podsFitting("shop", wanted);
      const fitting = given.filter(
        ({ content: { metadata } }) => metadata.namespace === "shop" && fits(wanted, metadata.labels),
      );
      expect(found.map(({ name }) => name).sort()).toEqual(
        fitting.map(({ content }) => content.metadata.name).sort(),
      );
    }),
    { numRuns: 1000 },
  );
});
