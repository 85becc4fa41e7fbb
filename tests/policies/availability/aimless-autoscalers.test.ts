import { expect, test } from "vitest";
import { aimlessAutoscalers } from "../../../policies/availability/aimless-autoscalers.ts";
import { foundBy, messagesOf } from "../world.ts";

const spec = "HorizontalPodAutoscaler/web spec";
const found = ["HorizontalPodAutoscaler/web spec.metrics"];

test("an autoscaler has a metric", () => {
  expect(foundBy(aimlessAutoscalers)).toEqual([]);
  expect(foundBy(aimlessAutoscalers, { [`${spec}.metrics`]: undefined })).toEqual(found);
  expect(foundBy(aimlessAutoscalers, { [`${spec}.metrics`]: [] })).toEqual(found);
  expect(messagesOf(aimlessAutoscalers, { [`${spec}.metrics`]: [] })[0]).toMatch(
    /^the autoscaler has no metrics\. /,
  );
});

test("the older field is one", () => {
  const old = { [`${spec}.metrics`]: undefined, [`${spec}.targetCPUUtilizationPercentage`]: 80 };
  expect(foundBy(aimlessAutoscalers, old)).toEqual([]);
});
