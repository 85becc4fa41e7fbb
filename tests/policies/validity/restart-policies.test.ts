import { expect, test } from "vitest";
import { restartPolicies } from "../../../policies/validity/restart-policies.ts";
import { kinds, object, violationsIn } from "../fixtures.ts";
import { foundBy, messagesOf } from "../world.ts";

const nightly = "CronJob/nightly spec.jobTemplate.spec.template.spec.restartPolicy";
const web = "Deployment/web spec.template.spec.restartPolicy";

test.each([
  ["Pod", ["Always", "OnFailure", "Never", undefined]],
  ["Deployment", ["Always", undefined]],
  ["StatefulSet", ["Always", undefined]],
  ["DaemonSet", ["Always", undefined]],
  ["ReplicaSet", ["Always", undefined]],
  ["ReplicationController", ["Always", undefined]],
  ["Job", ["OnFailure", "Never"]],
  ["CronJob", ["OnFailure", "Never"]],
] as const)("a %s may have %j", (kind, allowed) => {
  expect(kinds).toContain(kind);
  for (const policy of ["Always", "OnFailure", "Never", "never", 5, undefined]) {
    const found = violationsIn(restartPolicies, object(kind, { restartPolicy: policy })).length;
    expect([policy, found]).toEqual([policy, (allowed as readonly unknown[]).includes(policy) ? 0 : 1]);
  }
});

test("the message names kind and choice, and nothing that is no policy", () => {
  expect(messagesOf(restartPolicies, { [nightly]: undefined })).toEqual([
    "the pod of a CronJob has no restartPolicy, which means Always. The API server refuses the object. Write OnFailure or Never.",
  ]);
  expect(messagesOf(restartPolicies, { [web]: "Never" })).toEqual([
    "the pod of a Deployment has restartPolicy Never. The API server refuses the object. Write Always.",
  ]);
  expect(messagesOf(restartPolicies, { [web]: "once" })[0]).toMatch(/has restartPolicy of another name\./);
  expect(foundBy(restartPolicies, { [web]: "Never" })).toEqual([web]);
});

test("a patch, which has no containers, may leave it out", () => {
  expect(foundBy(restartPolicies, { "CronJob/nightly spec.jobTemplate.spec.template.spec": {} })).toEqual([]);
});
