import { expect, test } from "vitest";
import { idleAutoscalers } from "../../../policies/availability/idle-autoscalers.ts";
import { foundBy, messagesOf } from "../world.ts";

test("an autoscaler may scale", () => {
  expect(foundBy(idleAutoscalers)).toEqual([]);
});

test("one that may not is reported", () => {
  const idle = { "HorizontalPodAutoscaler/web spec.maxReplicas": 2 };
  expect(foundBy(idleAutoscalers, idle)).toEqual(["HorizontalPodAutoscaler/web spec.maxReplicas"]);
  expect(messagesOf(idleAutoscalers, idle)[0]).toMatch(/^it keeps between 2 and 2 pods\./);
});

test("a minimum that is left out is 1", () => {
  const spec = "HorizontalPodAutoscaler/web spec";
  expect(
    foundBy(idleAutoscalers, { [`${spec}.minReplicas`]: undefined, [`${spec}.maxReplicas`]: 1 }),
  ).toHaveLength(1);
});
