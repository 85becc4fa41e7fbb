import { expect, test } from "vitest";
import { auditAnnotationPrefix } from "../../components/foundation/audit.ts";
import { exceptionPrefix, violationsOf } from "../../policies/exceptions.ts";
import { restrictedPods } from "../../policies/pods/restricted-pods.ts";
import { object, set } from "./fixtures.ts";

function root(annotations: Record<string, unknown>) {
  const pod = object("Pod", { "securityContext.runAsUser": 0 });
  set(pod, "metadata.annotations", annotations);
  return pod;
}

test("an object that says why is an exception, from the rule that it names and no other", () => {
  const reason = "It reads files of the node.";
  expect(violationsOf(restrictedPods, root({}))).toHaveLength(1);
  expect(violationsOf(restrictedPods, root({ [`${exceptionPrefix}restricted-pods`]: reason }))).toEqual([]);
  expect(violationsOf(restrictedPods, root({ [`${exceptionPrefix}pinned-images`]: reason }))).toHaveLength(1);
});

test.each(["", "  ", 1, null, ["why"]])("%j is no reason", (reason) => {
  expect(violationsOf(restrictedPods, root({ [`${exceptionPrefix}restricted-pods`]: reason }))).toHaveLength(
    1,
  );
});

test("components and rules mean the same annotation", () => {
  expect(auditAnnotationPrefix).toBe(exceptionPrefix);
});
