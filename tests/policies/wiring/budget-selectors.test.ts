import { expect, test } from "vitest";
import { budgetSelectors } from "../../../policies/wiring/budget-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

test("a budget selects pods", () => {
  expect(foundBy(budgetSelectors)).toEqual([]);
});

test("a budget that selects nobody is refused", () => {
  const wrong = { "PodDisruptionBudget/web spec.selector": { matchLabels: { app: "web" } } };
  expect(foundBy(budgetSelectors, wrong)).toEqual(["PodDisruptionBudget/web spec.selector"]);
  expect(messagesOf(budgetSelectors, wrong)[0]).toMatch(
    /^it is about app=web, which no pod of namespace shop fits\./,
  );
});

test("a budget in another namespace than its pods is refused", () => {
  const apart = { "PodDisruptionBudget/web metadata.namespace": "other" };
  expect(foundBy(budgetSelectors, apart)).toEqual(["PodDisruptionBudget/web spec.selector"]);
  expect(messagesOf(budgetSelectors, apart)[0]).toMatch(
    /which no pod of namespace other fits; Deployment web is in namespace shop\. /,
  );
});

test.each([
  ["all pods", { "PodDisruptionBudget/web spec.selector": {} }],
  [
    "pods of a namespace that is not in the set",
    {
      "PodDisruptionBudget/web metadata.namespace": "other",
      "PodDisruptionBudget/web spec.selector": { matchLabels: { app: "wbe" } },
    },
  ],
  [
    "pods that an operator makes",
    {
      "PodDisruptionBudget/web spec.selector": { matchLabels: { "example.org/cluster": "db" } },
      "Cluster/db": {
        apiVersion: "db.example.org/v1",
        kind: "Cluster",
        metadata: { name: "db", namespace: "shop" },
      },
    },
  ],
])("a budget may be about %s", (_, changes) => {
  expect(foundBy(budgetSelectors, changes)).toEqual([]);
});

test("nothing is said where a program of the namespace may make pods at run time", () => {
  const changes = { "PodDisruptionBudget/web spec.selector": { matchLabels: { app: "wbe" } } };
  expect(foundBy(budgetSelectors, changes)).toEqual(["PodDisruptionBudget/web spec.selector"]);
  const makes = {
    "Role/nightly rules.0": { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["create"] },
  };
  expect(foundBy(budgetSelectors, { ...changes, ...makes })).toEqual([]);
});
