import type { ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { describe, expect, test } from "vitest";
import { policyOf } from "../../policies/adapter.ts";
import type { Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import { object } from "./fixtures.ts";

/** What a rule reports of an object of a type. */
async function reported(
  rule: Rule,
  type: string,
  props: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const messages: string[] = [];
  const report: ReportViolation = (message) => void messages.push(message);
  const args = { type, props, name: "thing" } as unknown as ResourceValidationArgs;
  const { validateResource } = policyOf(rule);
  for (const validate of [validateResource].flat()) await validate?.call({} as never, args, report);
  return messages;
}

const everything: Rule = {
  name: "everything",
  description: "Everything is refused.",
  enforcementLevel: "advisory",
  check: ({ kind }) => [
    { path: "one", message: `first of ${String(kind)}` },
    { path: "two", message: "second" },
  ],
};

test("a policy has the rule's name, description and level, and reports each violation with its place", async () => {
  expect(policyOf(everything)).toEqual({
    name: "everything",
    description: "Everything is refused.",
    enforcementLevel: "advisory",
    validateResource: expect.any(Function),
  });
  expect(await reported(everything, "kubernetes:core/v1:Pod", { kind: "Pod" })).toEqual([
    "one: first of Pod",
    "two: second",
  ]);
});

test.each([
  "aws:ec2/instance:Instance",
  "pulumi:providers:kubernetes",
  "random:index/randomPassword:RandomPassword",
  "iot:data:Redis",
])("a resource of type %s is no Kubernetes object", async (type) => {
  expect(await reported(everything, type, { kind: "Pod" })).toEqual([]);
});

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (_, rule) => {
  const incomplete = object("Deployment", { containers: [{ name: "main", env: [] }] });

  test("judges a whole object", async () => {
    expect(await reported(rule, "kubernetes:apps/v1:Deployment", incomplete)).not.toEqual([]);
  });

  test.each([
    "kubernetes:apps/v1:DeploymentPatch",
    "kubernetes:core/v1:PodPatch",
    "kubernetes:batch/v1:CronJobPatch",
  ])("does not judge a %s, which leaves out what it does not change", async (type) => {
    expect(await reported(rule, type, incomplete)).toEqual([]);
  });
});
