import { expect, test } from "vitest";
import { probeSettings } from "../../../policies/validity/probe-settings.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const main = `${pod}.containers.0`;
const found = (path: string) => [`${pod}.containers[0].${path}`];

test.each(["livenessProbe", "startupProbe"])("a %s succeeds at once", (probe) => {
  expect(foundBy(probeSettings, { [`${main}.${probe}.successThreshold`]: 2 })).toEqual(
    found(`${probe}.successThreshold`),
  );
  expect(foundBy(probeSettings, { [`${main}.${probe}.successThreshold`]: 1 })).toEqual([]);
  expect(foundBy(probeSettings, { [`${main}.${probe}.terminationGracePeriodSeconds`]: 5 })).toEqual([]);
});

test("a readiness probe may want several successes, and ends nothing", () => {
  expect(foundBy(probeSettings, { [`${main}.readinessProbe.successThreshold`]: 2 })).toEqual([]);
  expect(foundBy(probeSettings, { [`${main}.readinessProbe.terminationGracePeriodSeconds`]: 5 })).toEqual(
    found("readinessProbe.terminationGracePeriodSeconds"),
  );
});

test("an init container has no probes, unless it restarts for ever", () => {
  const first = `${pod}.initContainers.0`;
  const changes = { [`${first}.livenessProbe`]: { tcpSocket: { port: 80 } } };
  expect(foundBy(probeSettings, changes)).toEqual([`${pod}.initContainers[0].livenessProbe`]);
  expect(foundBy(probeSettings, { ...changes, [`${first}.restartPolicy`]: "Always" })).toEqual([]);
  expect(messagesOf(probeSettings, changes)).toEqual([
    "the liveness probe of container prepare is of an init container, which ends. The API server refuses the pods. Leave it out.",
  ]);
});
