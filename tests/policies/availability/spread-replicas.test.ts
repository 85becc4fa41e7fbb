import { expect, test } from "vitest";
import { spreadReplicas } from "../../../policies/availability/spread-replicas.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const none = { [`${pod}.topologySpreadConstraints`]: undefined };
const found = ["Deployment/web spec.template.spec.topologySpreadConstraints"];

test("several pods are spread, a single one need not be", () => {
  expect(foundBy(spreadReplicas)).toEqual([]);
});

test("several pods that nothing spreads are reported", () => {
  expect(foundBy(spreadReplicas, none)).toEqual(found);
  expect(foundBy(spreadReplicas, { [`${pod}.topologySpreadConstraints`]: [] })).toEqual(found);
  expect(foundBy(spreadReplicas, { "StatefulSet/store spec.replicas": 2 })).toEqual([
    "StatefulSet/store spec.template.spec.topologySpreadConstraints",
  ]);
  expect(messagesOf(spreadReplicas, none)[0]).toMatch(
    /^nothing spreads its pods, though HorizontalPodAutoscaler web keeps at least 2\./,
  );
});

test.each([
  "requiredDuringSchedulingIgnoredDuringExecution",
  "preferredDuringSchedulingIgnoredDuringExecution",
])("anti-affinity that is %s spreads as well", (field) => {
  expect(
    foundBy(spreadReplicas, { ...none, [`${pod}.affinity.podAntiAffinity`]: { [field]: [{}] } }),
  ).toEqual([]);
});

test("affinity to nodes does not", () => {
  expect(foundBy(spreadReplicas, { ...none, [`${pod}.affinity`]: { nodeAffinity: {} } })).toEqual(found);
});

test.each([
  [2, 1],
  [3, 0],
])("asked for from %d replicas on, 2 without have %d violations", (replicas, count) => {
  expect(foundBy(spreadReplicas, none, { replicas })).toHaveLength(count);
});
