import { expect, test } from "vitest";
import { gradualRollouts } from "../../../policies/availability/gradual-rollouts.ts";
import { foundBy, messagesOf } from "../world.ts";

const strategy = (value: object) => ({ "Deployment/web spec.strategy": value });
const rolling = (maxUnavailable: unknown) => strategy({ rollingUpdate: { maxUnavailable } });

test("an update keeps some pods", () => {
  expect(foundBy(gradualRollouts)).toEqual([]);
});

test("one that ends all at once is reported", () => {
  expect(foundBy(gradualRollouts, strategy({ type: "Recreate" }))).toEqual([
    "Deployment/web spec.strategy.type",
  ]);
  expect(messagesOf(gradualRollouts, strategy({ type: "Recreate" }))[0]).toMatch(
    /^strategy Recreate ends all 2 pods before it makes new ones\./,
  );
  const path = ["Deployment/web spec.strategy.rollingUpdate.maxUnavailable"];
  expect(foundBy(gradualRollouts, rolling("100%"))).toEqual(path);
  expect(foundBy(gradualRollouts, rolling(2))).toEqual(path);
});

test("pods of all nodes are several", () => {
  const daemon = (maxUnavailable: unknown) => ({
    "DaemonSet/agent": {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent", namespace: "shop" },
      spec: { updateStrategy: { rollingUpdate: { maxUnavailable } } },
    },
  });
  expect(foundBy(gradualRollouts, daemon("100%"))).toEqual([
    "DaemonSet/agent spec.updateStrategy.rollingUpdate.maxUnavailable",
  ]);
  expect(foundBy(gradualRollouts, daemon("25%"))).toEqual([]);
});

test.each([
  ["one at a time", rolling(1)],
  ["a share that is rounded down", rolling("99%")],
  ["a single pod", { ...strategy({ type: "Recreate" }), "HorizontalPodAutoscaler/web": undefined }],
])("%s is accepted", (_, changes) => {
  expect(foundBy(gradualRollouts, changes)).toEqual([]);
});
