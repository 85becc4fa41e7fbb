import { expect, test } from "vitest";
import { fixedReplicas } from "../../../policies/availability/fixed-replicas.ts";
import { foundBy, messagesOf } from "../world.ts";

const fixed = { "Deployment/web spec.replicas": 3 };

test("the autoscaler alone says how many", () => {
  expect(foundBy(fixedReplicas)).toEqual([]);
});

test("a number beside it is refused", () => {
  expect(foundBy(fixedReplicas, fixed)).toEqual(["Deployment/web spec.replicas"]);
  expect(messagesOf(fixedReplicas, fixed)[0]).toMatch(
    /^it has replicas: 3, and HorizontalPodAutoscaler web scales it\./,
  );
});

test("KEDA's objects are autoscalers too", () => {
  const scaled = {
    "ScaledObject/store": {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: { name: "store", namespace: "shop" },
      spec: { scaleTargetRef: { kind: "StatefulSet", name: "store" } },
    },
  };
  expect(foundBy(fixedReplicas, scaled)).toEqual(["StatefulSet/store spec.replicas"]);
});

test.each([
  ["a workload that is switched off", { "Deployment/web spec.replicas": 0 }],
  ["one that nothing scales", { ...fixed, "HorizontalPodAutoscaler/web": undefined }],
  ["one of another namespace", { ...fixed, "HorizontalPodAutoscaler/web metadata.namespace": "other" }],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(fixedReplicas, changes)).toEqual([]);
});
