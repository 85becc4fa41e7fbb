import { expect, test } from "vitest";
import { budgetBounds } from "../../../policies/availability/budget-bounds.ts";
import { foundBy, messagesOf } from "../world.ts";

const both = { "PodDisruptionBudget/web spec.minAvailable": 0 };

test("a budget has one bound", () => {
  expect(foundBy(budgetBounds)).toEqual([]);
  expect(
    foundBy(budgetBounds, { ...both, "PodDisruptionBudget/web spec.maxUnavailable": undefined }),
  ).toEqual([]);
});

test("both are refused, zero too", () => {
  expect(foundBy(budgetBounds, both)).toEqual(["PodDisruptionBudget/web spec.minAvailable"]);
  expect(messagesOf(budgetBounds, both)[0]).toMatch(/^the budget has both minAvailable and maxUnavailable\./);
});
