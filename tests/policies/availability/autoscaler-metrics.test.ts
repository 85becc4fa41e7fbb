import { expect, test } from "vitest";
import { autoscalerMetrics } from "../../../policies/availability/autoscaler-metrics.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0.resources";
const spec = "HorizontalPodAutoscaler/web spec";
const none = { [container]: {} };
const found = ["Deployment/web spec.template.spec.containers[0].resources.requests.cpu"];
const ofInit = ["Deployment/web spec.template.spec.initContainers[0].resources.requests.cpu"];

test("what is measured is requested", () => {
  expect(foundBy(autoscalerMetrics)).toEqual([]);
});

test("a share of nothing is refused", () => {
  expect(foundBy(autoscalerMetrics, none)).toEqual(found);
  expect(messagesOf(autoscalerMetrics, none)).toEqual([
    "container web requests no cpu, and HorizontalPodAutoscaler web aims at a share of it. The autoscaler cannot compute the share, and never acts. Write what it needs in ordinary use, or have the autoscaler aim at something else.",
  ]);
});

test("sidecars count, init containers that end do not", () => {
  const init = "Deployment/web spec.template.spec.initContainers.0";
  const changes = { [`${init}.resources`]: undefined };
  expect(foundBy(autoscalerMetrics, changes)).toEqual([]);
  expect(foundBy(autoscalerMetrics, { ...changes, [`${init}.restartPolicy`]: "Always" })).toEqual(ofInit);
});

test("the older field and a single container are judged too", () => {
  const old = { ...none, [`${spec}.metrics`]: undefined, [`${spec}.targetCPUUtilizationPercentage`]: 80 };
  expect(foundBy(autoscalerMetrics, old)).toEqual(found);
  const one = (name: string) => ({
    [`${spec}.metrics.0`]: {
      type: "ContainerResource",
      containerResource: {
        name: "cpu",
        container: name,
        target: { type: "Utilization", averageUtilization: 70 },
      },
    },
  });
  const path = "HorizontalPodAutoscaler/web spec.metrics[0].containerResource";
  expect(foundBy(autoscalerMetrics, one("web"))).toEqual([]);
  expect(foundBy(autoscalerMetrics, { ...one("web"), ...none })).toEqual(found);
  expect(foundBy(autoscalerMetrics, one("wbe"))).toEqual([`${path}.container`]);
});

test("no metric at all is a share of cpu", () => {
  const aimless = { [`${spec}.metrics`]: undefined };
  expect(foundBy(autoscalerMetrics, aimless)).toEqual([]);
  expect(foundBy(autoscalerMetrics, { ...aimless, ...none })).toEqual(found);
});

test("two metrics of one request are one violation", () => {
  const target = { type: "Utilization", averageUtilization: 70 };
  const second = { type: "ContainerResource", containerResource: { name: "cpu", container: "web", target } };
  expect(foundBy(autoscalerMetrics, { ...none, [`${spec}.metrics.1`]: second })).toEqual(found);
});

test.each([
  ["a limit, which is a request too", { [container]: { limits: { cpu: "1" } } }],
  [
    "a value by itself",
    { ...none, [`${spec}.metrics.0.resource.target`]: { type: "AverageValue", averageValue: "500m" } },
  ],
  [
    "a default of the namespace",
    {
      ...none,
      "LimitRange/defaults": {
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "defaults", namespace: "shop" },
        spec: { limits: [{ type: "Container", defaultRequest: { cpu: "100m" } }] },
      },
    },
  ],
  ["a target that is not in the set", { ...none, [`${spec}.scaleTargetRef.name`]: "other" }],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(autoscalerMetrics, changes)).toEqual([]);
});
