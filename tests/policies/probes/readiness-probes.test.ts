import { expect, test } from "vitest";
import { readinessProbes } from "../../../policies/probes/readiness-probes.ts";
import { foundBy } from "../world.ts";

const probe = "Deployment/web spec.template.spec.containers.0.readinessProbe";
const found = "Deployment/web spec.template.spec.containers[0].readinessProbe";

test("a container that listens without one is found", () => {
  expect(foundBy(readinessProbes)).toEqual([]);
  expect(foundBy(readinessProbes, { [probe]: undefined })).toEqual([found]);
});

test("a sidecar needs one where a Service leads to it", () => {
  const sidecar = {
    name: "proxy",
    image: "proxy:1",
    ports: [{ containerPort: 15001 }],
    restartPolicy: "Always",
  };
  const place = "Deployment/web spec.template.spec.initContainers.0";
  const beside = { [place]: sidecar };
  const through = { ...beside, "Service/web spec.ports.0.targetPort": 15001 };
  expect(foundBy(readinessProbes, beside)).toEqual([]);
  expect(foundBy(readinessProbes, through)).toEqual([
    "Deployment/web spec.template.spec.initContainers[0].readinessProbe",
  ]);
  expect(foundBy(readinessProbes, { ...beside, [probe]: undefined })).toEqual([
    "Deployment/web spec.template.spec.initContainers[0].readinessProbe",
    found,
  ]);
  expect(foundBy(readinessProbes, { ...through, [`${place}.restartPolicy`]: undefined })).toEqual([]);
});

test("what does not listen, or is to end, needs none", () => {
  const only = {
    [probe]: undefined,
    "Deployment/web spec.template.spec.containers.0.ports": undefined,
  };
  expect(foundBy(readinessProbes, { ...only, "Service/web": undefined })).toEqual([]);
  // Ports only explain: what a Service leads to listens.
  expect(foundBy(readinessProbes, only)).toEqual([found]);
  const containers = "Deployment/web spec.template.spec.containers";
  const another = { [`${containers}.1`]: { name: "another", image: "another:1" } };
  expect(foundBy(readinessProbes, { ...only, ...another })).toEqual([]);
  const ports = "CronJob/nightly spec.jobTemplate.spec.template.spec.containers.0.ports";
  expect(foundBy(readinessProbes, { [ports]: [{ containerPort: 80 }] })).toEqual([]);
});
