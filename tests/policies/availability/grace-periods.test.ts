import { expect, test } from "vitest";
import { gracePeriods } from "../../../policies/availability/grace-periods.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const hook = (preStop: object, grace?: number) => ({
  [`${pod}.containers.0.lifecycle`]: { preStop },
  [`${pod}.terminationGracePeriodSeconds`]: grace,
});

test("pods have time to end", () => {
  expect(foundBy(gracePeriods)).toEqual([]);
});

test.each([
  ["Deployment/web", "spec.template.spec"],
  ["StatefulSet/store", "spec.template.spec"],
  ["CronJob/nightly", "spec.jobTemplate.spec.template.spec"],
])("%s without any is refused", (id, path) => {
  const none = { [`${id} ${path}.terminationGracePeriodSeconds`]: 0 };
  expect(foundBy(gracePeriods, none)).toEqual([`${id} ${path}.terminationGracePeriodSeconds`]);
  expect(messagesOf(gracePeriods, none)[0]).toMatch(/^the pods are given 0 seconds to end\./);
});

test("a hook that takes it all is refused", () => {
  const path = "Deployment/web spec.template.spec.containers[0].lifecycle.preStop";
  expect(foundBy(gracePeriods, hook({ sleep: { seconds: 30 } }))).toEqual([`${path}.sleep.seconds`]);
  expect(foundBy(gracePeriods, hook({ exec: { command: ["/bin/sleep", "60"] } }, 60))).toEqual([
    `${path}.exec.command`,
  ]);
  expect(foundBy(gracePeriods, hook({ exec: { command: ["sh", "-c", "sleep 45; x"] } }))).toEqual([
    `${path}.exec.command`,
  ]);
  expect(messagesOf(gracePeriods, hook({ sleep: { seconds: 40 } }))[0]).toMatch(
    /^container web waits 40 seconds before it is told to end, of 30 that the pod has\./,
  );
});

test.each([
  ["waits a while", hook({ sleep: { seconds: 5 } })],
  ["waits long, of a longer time", hook({ exec: { command: ["sleep", "60"] } }, 90)],
  ["does something else", hook({ exec: { command: ["store", "flush", "--sleepy", "99"] } })],
])("a hook that %s is accepted", (_, changes) => {
  expect(foundBy(gracePeriods, changes)).toEqual([]);
});
