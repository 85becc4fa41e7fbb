import { expect, test } from "vitest";
import { auditAnnotationPrefix } from "../../components/foundation/audit.ts";
import { exceptionPrefix } from "../../policies/exceptions.ts";
import { judge } from "../../policies/judge.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { restrictedPods } from "../../policies/pods/restricted-pods.ts";
import { object } from "./fixtures.ts";
import { set } from "./world.ts";

function judged(annotations: Record<string, unknown>) {
  const pod = object("Pod", { "securityContext.runAsUser": 0 });
  set(pod, "metadata.annotations", annotations);
  const { findings, exceptions } = judge(stackOf([{ content: pod }]), [restrictedPods]);
  return { findings: findings.map(({ path }) => path), exceptions: exceptions.map(({ reason }) => reason) };
}

const found = { findings: ["spec.securityContext.runAsUser"], exceptions: [] };

test("an object that says why is an exception, from the rule that it names and no other", () => {
  const reason = "It reads files of the node.";
  expect(judged({})).toEqual(found);
  expect(judged({ [`${exceptionPrefix}restricted-pods`]: reason })).toEqual({
    findings: [],
    exceptions: [reason],
  });
  expect(judged({ [`${exceptionPrefix}pinned-images`]: reason })).toEqual(found);
});

test.each(["", "  ", 1, null, ["why"]])("%j is no reason", (reason) => {
  expect(judged({ [`${exceptionPrefix}restricted-pods`]: reason })).toEqual(found);
});

test("components and rules mean the same annotation", () => {
  expect(auditAnnotationPrefix).toBe(exceptionPrefix);
});
