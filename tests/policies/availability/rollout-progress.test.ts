import { expect, test } from "vitest";
import { rolloutProgress } from "../../../policies/availability/rollout-progress.ts";
import { foundBy, messagesOf } from "../world.ts";

const rolling = (rollingUpdate: object, type = "RollingUpdate") => ({
  "Deployment/web spec.strategy": { type, rollingUpdate },
});
const found = ["Deployment/web spec.strategy.rollingUpdate"];

test("an update may begin", () => {
  expect(foundBy(rolloutProgress)).toEqual([]);
});

test.each([
  ["neither a pod less nor one more", rolling({ maxUnavailable: 0, maxSurge: 0 })],
  ["neither, as shares", rolling({ maxUnavailable: "0%", maxSurge: "0%" })],
  ["a rolling update that is none", rolling({ maxSurge: 1 }, "Recreate")],
])("%s is refused", (_, changes) => {
  expect(foundBy(rolloutProgress, changes)).toEqual(found);
});

test("the message names both", () => {
  expect(messagesOf(rolloutProgress, rolling({ maxUnavailable: 0, maxSurge: 0 }))[0]).toMatch(
    /^maxUnavailable and maxSurge are both 0\./,
  );
});

test.each([
  ["none missing, one more", rolling({ maxUnavailable: 0, maxSurge: 1 })],
  ["none missing, the default more", rolling({ maxUnavailable: 0 })],
  ["none more, the default missing", rolling({ maxSurge: 0 })],
  ["all at once, by choice", { "Deployment/web spec.strategy": { type: "Recreate" } }],
])("%s is accepted", (_, changes) => {
  expect(foundBy(rolloutProgress, changes)).toEqual([]);
});

test("a DaemonSet adds none unless it is told to", () => {
  const daemon = (rollingUpdate: object) => ({
    "DaemonSet/agent": {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent", namespace: "shop" },
      spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate } },
    },
  });
  expect(foundBy(rolloutProgress, daemon({ maxUnavailable: 0 }))).toEqual([
    "DaemonSet/agent spec.updateStrategy.rollingUpdate",
  ]);
  expect(foundBy(rolloutProgress, daemon({ maxUnavailable: 0, maxSurge: 1 }))).toEqual([]);
});
