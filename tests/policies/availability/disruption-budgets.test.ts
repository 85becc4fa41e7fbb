import { expect, test } from "vitest";
import { disruptionBudgets } from "../../../policies/availability/disruption-budgets.ts";
import { foundBy, messagesOf } from "../world.ts";

const none = { "PodDisruptionBudget/web": undefined };

test("several pods have a budget, a single one needs none", () => {
  expect(foundBy(disruptionBudgets)).toEqual([]);
});

test("several pods without one are reported", () => {
  expect(foundBy(disruptionBudgets, none)).toEqual(["Deployment/web spec.replicas"]);
  expect(messagesOf(disruptionBudgets, none)[0]).toMatch(
    /^no PodDisruptionBudget selects its pods, though HorizontalPodAutoscaler web keeps at least 2\./,
  );
  expect(foundBy(disruptionBudgets, { "StatefulSet/store spec.replicas": 3 })).toEqual([
    "StatefulSet/store spec.replicas",
  ]);
  expect(messagesOf(disruptionBudgets, { "StatefulSet/store spec.replicas": 3 })[0]).toContain(
    "it has replicas: 3",
  );
});

test.each([
  ["no selector", { "PodDisruptionBudget/web spec.selector": undefined }],
  ["another namespace", { "PodDisruptionBudget/web metadata.namespace": "other" }],
])("a budget with %s is none", (_, changes) => {
  expect(foundBy(disruptionBudgets, changes)).toEqual(["Deployment/web spec.replicas"]);
});

test("a budget that selects nobody may be meant for it, unless others make the pods that it selects", () => {
  const lost = { "PodDisruptionBudget/web spec.selector": { matchLabels: { app: "web" } } };
  expect(foundBy(disruptionBudgets, lost)).toEqual([]);
  const makes = { "Role/nightly rules.0": { apiGroups: [""], resources: ["pods"], verbs: ["create"] } };
  expect(foundBy(disruptionBudgets, { ...lost, ...makes })).toEqual(["Deployment/web spec.replicas"]);
});

test("a workload's file alone may have its budget in another", () => {
  const alone = { ...none, "HorizontalPodAutoscaler/web": undefined, "Deployment/web spec.replicas": 2 };
  expect(foundBy(disruptionBudgets, alone)).toEqual(["Deployment/web spec.replicas"]);
  expect(foundBy(disruptionBudgets, { ...alone, "Service/web": undefined })).toEqual([]);
});

test.each([
  [2, 1],
  [3, 0],
])("asked for from %d replicas on, 2 without have %d violations", (replicas, count) => {
  expect(foundBy(disruptionBudgets, none, { replicas })).toHaveLength(count);
});
