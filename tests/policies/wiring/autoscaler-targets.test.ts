import { expect, test } from "vitest";
import { autoscalerTargets } from "../../../policies/wiring/autoscaler-targets.ts";
import { foundBy, messagesOf } from "../world.ts";

const target = "HorizontalPodAutoscaler/web spec.scaleTargetRef";

test("an autoscaler has a target", () => {
  expect(foundBy(autoscalerTargets)).toEqual([]);
});

test("a target that is not there is refused", () => {
  expect(foundBy(autoscalerTargets, { [`${target}.name`]: "wbe" })).toEqual([
    "HorizontalPodAutoscaler/web spec.scaleTargetRef.name",
  ]);
  expect(foundBy(autoscalerTargets, { [`${target}.kind`]: "StatefulSet" })).toEqual([
    "HorizontalPodAutoscaler/web spec.scaleTargetRef.kind",
  ]);
  expect(messagesOf(autoscalerTargets, { [`${target}.kind`]: "StatefulSet" })[0]).toMatch(
    /^it scales StatefulSet web, which is not in namespace shop; there is Deployment web\./,
  );
});

test("an autoscaler in another namespace than its target is refused", () => {
  const apart = { "HorizontalPodAutoscaler/web metadata.namespace": "other" };
  expect(foundBy(autoscalerTargets, apart)).toEqual(["HorizontalPodAutoscaler/web spec.scaleTargetRef.name"]);
  expect(messagesOf(autoscalerTargets, apart)[0]).toMatch(
    /^it scales Deployment web, which is not in namespace other; Deployment web is in namespace shop\. /,
  );
});

test.each([
  ["a kind of an operator", { [target]: { kind: "Rollout", name: "x", apiVersion: "argoproj.io/v1alpha1" } }],
  [
    "a namespace that is not in the set",
    { "HorizontalPodAutoscaler/web metadata.namespace": "other", [`${target}.name`]: "wbe" },
  ],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(autoscalerTargets, changes)).toEqual([]);
});

test("a workload of another group is looked for by nobody", () => {
  const ref = { apiVersion: "apps.kruise.io/v1beta1", kind: "StatefulSet", name: "other" };
  expect(foundBy(autoscalerTargets, { "HorizontalPodAutoscaler/web spec.scaleTargetRef": ref })).toEqual([]);
});
