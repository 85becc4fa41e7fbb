import { expect, test } from "vitest";
import { memoryLimits } from "../../../policies/resources/memory-limits.ts";
import { foundBy } from "../world.ts";

const limits = "spec.template.spec.containers.0.resources.limits";

test("a container without a limit of memory is found, an init container too, and its limit of CPU is its own affair", () => {
  expect(foundBy(memoryLimits)).toEqual([]);
  expect(foundBy(memoryLimits, { [`Deployment/web ${limits}`]: { cpu: "1" } })).toEqual([
    "Deployment/web spec.template.spec.containers[0].resources.limits.memory",
  ]);
  expect(
    foundBy(memoryLimits, { "Deployment/web spec.template.spec.initContainers.0.resources": undefined }),
  ).toEqual(["Deployment/web spec.template.spec.initContainers[0].resources.limits.memory"]);
  expect(
    foundBy(memoryLimits, {
      "CronJob/nightly spec.jobTemplate.spec.template.spec.containers.0.resources": {},
    }),
  ).toEqual(["CronJob/nightly spec.jobTemplate.spec.template.spec.containers[0].resources.limits.memory"]);
  expect(foundBy(memoryLimits, { [`Deployment/web ${limits}.cpu`]: undefined })).toEqual([]);
});

test("a limit of the whole pod, or of the namespace, is one", () => {
  const bare = { "Deployment/web spec.template.spec.containers.0.resources": undefined };
  expect(foundBy(memoryLimits, bare)).toHaveLength(1);
  expect(
    foundBy(memoryLimits, {
      ...bare,
      "Deployment/web spec.template.spec.resources": { limits: { memory: "1Gi" } },
    }),
  ).toEqual([]);
  const range = (type: string, namespace: string) => ({
    kind: "LimitRange",
    metadata: { name: "range", namespace },
    spec: { limits: [{ type, default: { memory: "1Gi" } }] },
  });
  expect(foundBy(memoryLimits, { ...bare, "LimitRange/range": range("Container", "shop") })).toEqual([]);
  expect(foundBy(memoryLimits, { ...bare, "LimitRange/range": range("Pod", "shop") })).toHaveLength(1);
  expect(foundBy(memoryLimits, { ...bare, "LimitRange/range": range("Container", "other") })).toHaveLength(1);
});
