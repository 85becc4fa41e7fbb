import { expect, test } from "vitest";
import { blockingBudgets } from "../../../policies/availability/blocking-budgets.ts";
import { foundBy, messagesOf } from "../world.ts";

const budget = "PodDisruptionBudget/web spec";
const min = (value: unknown) => ({
  [`${budget}.maxUnavailable`]: undefined,
  [`${budget}.minAvailable`]: value,
});

test("the budget lets a pod go", () => {
  expect(foundBy(blockingBudgets)).toEqual([]);
});

test.each([
  ["maxUnavailable 0", { [`${budget}.maxUnavailable`]: 0 }, "maxUnavailable"],
  ["maxUnavailable 0%", { [`${budget}.maxUnavailable`]: "0%" }, "maxUnavailable"],
  ["minAvailable 100%", min("100%"), "minAvailable"],
  ["minAvailable of all that the autoscaler keeps", min(2), "minAvailable"],
  ["a share that is rounded up to all", min("51%"), "minAvailable"],
])("%s is refused", (_, changes, field) => {
  expect(foundBy(blockingBudgets, changes)).toEqual([`PodDisruptionBudget/web spec.${field}`]);
});

test("messages say how many pods there are", () => {
  expect(messagesOf(blockingBudgets, min(2))).toEqual([
    "minAvailable 2 allows no eviction while there are only 2 pods. A node with such a pod can never be drained, and upgrades of the cluster stop there. Write maxUnavailable: 1 and no minAvailable, or run more pods than have to be available.",
  ]);
});

test("messages say so of a workload without an autoscaler", () => {
  const own = { ...min(3), "HorizontalPodAutoscaler/web": undefined, "Deployment/web spec.replicas": 3 };
  expect(messagesOf(blockingBudgets, own)[0]).toMatch(
    /^minAvailable 3 allows no eviction as there are no more than 3 pods\./,
  );
});

test("without an autoscaler, the workload's own number counts, which is 1 where none is written", () => {
  const own = (replicas: number | undefined) => ({
    ...min(1),
    "HorizontalPodAutoscaler/web": undefined,
    "Deployment/web spec.replicas": replicas,
  });
  expect(foundBy(blockingBudgets, own(undefined))).toEqual(["PodDisruptionBudget/web spec.minAvailable"]);
  expect(foundBy(blockingBudgets, own(2))).toEqual([]);
  expect(foundBy(blockingBudgets, own(0))).toEqual([]);
});

test.each([
  ["pods that are not in the set", { ...min(2), [`${budget}.selector`]: { matchLabels: { a: "b" } } }],
  ["a share", min("50%")],
  [
    "pods on every node",
    { ...min(2), "Deployment/web kind": "DaemonSet", "HorizontalPodAutoscaler/web": undefined },
  ],
])("nothing is said of a bound on %s", (_, changes) => {
  expect(foundBy(blockingBudgets, changes)).toEqual([]);
});
