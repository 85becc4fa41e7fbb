import { expect, test } from "vitest";
import { startupProbes } from "../../../policies/probes/startup-probes.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0";

test("a long delay of liveness in the place of a startup probe is found", () => {
  const late = {
    [`${container}.startupProbe`]: undefined,
    [`${container}.livenessProbe.initialDelaySeconds`]: 30,
  };
  expect(foundBy(startupProbes)).toEqual([]);
  expect(foundBy(startupProbes, late)).toEqual([
    "Deployment/web spec.template.spec.containers[0].livenessProbe.initialDelaySeconds",
  ]);
  expect(messagesOf(startupProbes, late)[0]).toMatch(/^container web waits 30 s before it looks for life\. /);
  expect(foundBy(startupProbes, { ...late, [`${container}.livenessProbe.initialDelaySeconds`]: 5 })).toEqual(
    [],
  );
  expect(foundBy(startupProbes, { [`${container}.livenessProbe.initialDelaySeconds`]: 30 })).toEqual([]);
});

test.each([
  [60, 1],
  [61, 0],
])("with delaySeconds %d, a delay of 60 s has %d violations", (delaySeconds, count) => {
  const late = {
    [`${container}.startupProbe`]: undefined,
    [`${container}.livenessProbe.initialDelaySeconds`]: 60,
  };
  expect(foundBy(startupProbes, late, { delaySeconds })).toHaveLength(count);
});
