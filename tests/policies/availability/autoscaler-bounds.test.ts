import { expect, test } from "vitest";
import { autoscalerBounds } from "../../../policies/availability/autoscaler-bounds.ts";
import { foundBy, messagesOf } from "../world.ts";

const spec = "HorizontalPodAutoscaler/web spec";
const found = ["HorizontalPodAutoscaler/web spec.maxReplicas"];

test("an autoscaler has a range", () => {
  expect(foundBy(autoscalerBounds)).toEqual([]);
});

test.each([
  ["a maximum below the minimum", { [`${spec}.maxReplicas`]: 1 }],
  [
    "a maximum below 1, which is the least",
    { [`${spec}.maxReplicas`]: 0, [`${spec}.minReplicas`]: undefined },
  ],
  ["no maximum", { [`${spec}.maxReplicas`]: undefined }],
])("%s is refused", (_, changes) => {
  expect(foundBy(autoscalerBounds, changes)).toEqual(found);
});

test("the message names both", () => {
  expect(messagesOf(autoscalerBounds, { [`${spec}.maxReplicas`]: 1 })[0]).toMatch(
    /^the autoscaler's maxReplicas 1 is less than its minReplicas 2\./,
  );
});

test("the same number is another rule's matter", () => {
  expect(foundBy(autoscalerBounds, { [`${spec}.maxReplicas`]: 2 })).toEqual([]);
});
