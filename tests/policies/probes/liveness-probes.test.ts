import { expect, test } from "vitest";
import { livenessProbes } from "../../../policies/probes/liveness-probes.ts";
import { foundBy } from "../world.ts";

const probe = "Deployment/web spec.template.spec.containers.0.livenessProbe";

test("a container that listens without one is found; what does not listen needs none", () => {
  expect(foundBy(livenessProbes)).toEqual([]);
  expect(foundBy(livenessProbes, { [probe]: null })).toEqual([
    "Deployment/web spec.template.spec.containers[0].livenessProbe",
  ]);
  const only = {
    [probe]: undefined,
    "Deployment/web spec.template.spec.containers.0.ports": undefined,
  };
  expect(foundBy(livenessProbes, { ...only, "Service/web": undefined })).toEqual([]);
  expect(foundBy(livenessProbes, only)).toEqual([
    "Deployment/web spec.template.spec.containers[0].livenessProbe",
  ]);
});
