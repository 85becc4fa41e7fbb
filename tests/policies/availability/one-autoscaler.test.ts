import { expect, test } from "vitest";
import { oneAutoscaler } from "../../../policies/availability/one-autoscaler.ts";
import { foundBy, messagesOf } from "../world.ts";

const second = (kind = "HorizontalPodAutoscaler", target = "web", namespace = "shop") => ({
  [`${kind}/memory`]: {
    apiVersion: kind === "ScaledObject" ? "keda.sh/v1alpha1" : "autoscaling/v2",
    kind,
    metadata: { name: "memory", namespace },
    spec: { scaleTargetRef: { kind: "Deployment", name: target }, maxReplicas: 3 },
  },
});

test("a workload has one autoscaler", () => {
  expect(foundBy(oneAutoscaler)).toEqual([]);
});

test.each(["HorizontalPodAutoscaler", "ScaledObject"])("a second one, a %s, is refused", (kind) => {
  expect(foundBy(oneAutoscaler, second(kind))).toEqual([`${kind}/memory spec.scaleTargetRef`]);
});

test("the message names the first", () => {
  expect(messagesOf(oneAutoscaler, second())[0]).toMatch(
    /^it scales Deployment web, which HorizontalPodAutoscaler web scales too\./,
  );
});

test("another target is another matter, and so is another namespace", () => {
  expect(foundBy(oneAutoscaler, second("HorizontalPodAutoscaler", "api"))).toEqual([]);
  expect(foundBy(oneAutoscaler, second("HorizontalPodAutoscaler", "web", "other"))).toEqual([]);
});
