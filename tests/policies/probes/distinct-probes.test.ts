import { expect, test } from "vitest";
import { distinctProbes } from "../../../policies/probes/distinct-probes.ts";
import { foundBy } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0";
const same = { httpGet: { path: "/healthz", port: "http" } };
const both = (liveness: object, readiness: object) => ({
  [`${container}.livenessProbe`]: { ...same, ...liveness },
  [`${container}.readinessProbe`]: { ...same, ...readiness },
});

test.each([
  [{}, {}],
  [
    { initialDelaySeconds: 30, periodSeconds: 10 },
    { initialDelaySeconds: 5, periodSeconds: 10 },
  ],
  [{ failureThreshold: 3 }, { failureThreshold: 5 }],
])("the same question with the same patience is found: %j and %j", (liveness, readiness) => {
  expect(foundBy(distinctProbes)).toEqual([]);
  expect(foundBy(distinctProbes, both(liveness, readiness))).toEqual([
    "Deployment/web spec.template.spec.containers[0].livenessProbe",
  ]);
});

test.each([
  [{ failureThreshold: 10 }, {}],
  [{ periodSeconds: 20 }, { periodSeconds: 5 }],
  [{ httpGet: { path: "/livez", port: "http" } }, {}],
])("another question, or more patience, is right: %j and %j", (liveness, readiness) => {
  expect(foundBy(distinctProbes, both(liveness, readiness))).toEqual([]);
});
