import { expect, test } from "vitest";
import { uselessBudgets } from "../../../policies/availability/useless-budgets.ts";
import { foundBy, messagesOf } from "../world.ts";

const budget = "PodDisruptionBudget/web spec";
const min = (value: unknown) => ({
  [`${budget}.maxUnavailable`]: undefined,
  [`${budget}.minAvailable`]: value,
});
const max = (value: unknown) => ({ [`${budget}.maxUnavailable`]: value });

test("the budget keeps a pod", () => {
  expect(foundBy(uselessBudgets)).toEqual([]);
});

test.each([
  ["no bound", max(undefined), "maxUnavailable"],
  ["minAvailable 0", min(0), "minAvailable"],
  ["minAvailable 0%", min("0%"), "minAvailable"],
  ["maxUnavailable 100%", max("100%"), "maxUnavailable"],
  ["maxUnavailable of all", max(2), "maxUnavailable"],
])("%s is reported", (_, changes, field) => {
  expect(foundBy(uselessBudgets, changes)).toEqual([`PodDisruptionBudget/web spec.${field}`]);
});

test("the message says how many pods there are", () => {
  expect(messagesOf(uselessBudgets, max(3))[0]).toMatch(
    /^maxUnavailable 3 keeps no pod, as there may be no more than 2 pods\./,
  );
});

test("two bounds are another rule's matter", () => {
  expect(foundBy(uselessBudgets, { ...max("100%"), [`${budget}.minAvailable`]: 1 })).toEqual([]);
});

test("a single pod that may go is ready for a second one", () => {
  expect(foundBy(uselessBudgets, { "HorizontalPodAutoscaler/web": undefined })).toEqual([]);
});
