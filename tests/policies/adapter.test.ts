import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  StackValidationArgs,
} from "@pulumi/policy";
import { expect, test } from "vitest";
import { z } from "zod";
import { policiesOf } from "../../policies/adapter.ts";
import { exceptionPrefix } from "../../policies/exceptions.ts";
import type { KubernetesObject } from "../../policies/objects/object.ts";
import { objectRule, type Rule, stackRule } from "../../policies/rule.ts";

const about = {
  severity: "advisory",
  description: "Nothing is right.",
  why: "It never was.",
  reference: "https://example.com/why",
  options: z.object({ word: z.string().default("wrong").meta({ description: "What is said of it." }) }),
} as const;

const single = objectRule({
  ...about,
  name: "single",
  check: ({ kind }, { word }) => [
    { path: "one", problem: `${String(kind)} is ${word}`, fix: "Write another" },
    { path: "two", problem: "the rest is, too", fix: "Write it anew" },
  ],
});

const together = stackRule({
  ...about,
  name: "together",
  check: ({ objects }, { word }) =>
    objects.map((object) => ({
      object,
      path: "all",
      problem: `${objects.length} are ${word}`,
      fix: "Write others",
    })),
});

/** Has nothing to say; a pack has rules about single objects. */
const watcher = objectRule({ ...about, name: "watcher", check: () => [] });

type Resource = readonly [type: string, props: KubernetesObject];

/** What a rule reports of resources: messages, and of whom. */
async function reported(
  rule: Rule,
  resources: readonly Resource[],
  options: object = {},
  live: Readonly<Record<string, KubernetesObject>> = {},
): Promise<string[]> {
  const messages: string[] = [];
  const report: ReportViolation = (message, urn) => void messages.push(urn ? `${urn}: ${message}` : message);
  const getConfig = () => options;
  const all = resources.map(([type, props], index) => ({ type, props, urn: `urn-${index}`, getConfig }));
  const policies = policiesOf([rule, watcher]);
  // As Pulumi does: each resource before it is changed, and then all of them as they are.
  for (const policy of policies)
    if ("validateResource" in policy)
      for (const args of all)
        for (const validate of [policy.validateResource].flat())
          await validate?.call({} as never, args as unknown as ResourceValidationArgs, report);
  const after = all.map(
    (one) => ({ ...one, props: live[one.urn] ?? one.props }) as unknown as PolicyResource,
  );
  for (const policy of policies)
    if ("validateStack" in policy)
      await policy.validateStack({ resources: after, getConfig } as unknown as StackValidationArgs, report);
  return messages;
}

const pod = (name: string, annotations = {}): Resource => [
  "kubernetes:core/v1:Pod",
  { kind: "Pod", apiVersion: "v1", metadata: { name, namespace: "shop", annotations } },
];

test("a policy has the rule's name, description, source, level and options", () => {
  expect(policiesOf([single])[0]).toEqual({
    name: "single",
    description: "Nothing is right. (https://example.com/why)",
    enforcementLevel: "advisory",
    configSchema: {
      properties: { word: { type: "string", default: "wrong", description: "What is said of it." } },
    },
    validateResource: expect.any(Function),
  });
});

test("a rule about single objects reports each violation with its place, reason and remedy", async () => {
  expect(await reported(single, [pod("web")])).toEqual([
    "one: Pod is wrong. It never was. Write another.",
    "two: the rest is, too. It never was. Write it anew.",
  ]);
  expect(await reported(single, [pod("web")], { word: "odd" })).toContain(
    "one: Pod is odd. It never was. Write another.",
  );
});

test("a rule about all objects reports each violation at the resource that it is about", async () => {
  const resources: Resource[] = [
    ["random:index/randomPassword:RandomPassword", {}],
    pod("web"),
    pod("store"),
  ];
  expect(await reported(together, resources)).toEqual([
    "urn-1: Pod shop/web: all: 2 are wrong. It never was. Write others.",
    "urn-2: Pod shop/store: all: 2 are wrong. It never was. Write others.",
  ]);
});

test.each([single, together])("an object that says why is excepted from $name", async (rule) => {
  const excepted = pod("web", { [`${exceptionPrefix}${rule.name}`]: "It has to be so." });
  expect(await reported(rule, [excepted])).toEqual([]);
});

test.each([
  "aws:ec2/instance:Instance",
  "pulumi:providers:kubernetes",
  "iot:data:Redis",
  "kubernetes:apps/v1:DeploymentPatch",
  "kubernetes:core/v1:PodPatch",
])("a resource of type %s is no whole Kubernetes object", async (type) => {
  for (const rule of [single, together]) expect(await reported(rule, [[type, { kind: "Pod" }]])).toEqual([]);
});

test("objects that are shown anew are judged anew", async () => {
  const [policy] = policiesOf([together]);
  const judged = async (names: readonly string[]) => {
    const messages: string[] = [];
    const resources = names.map((name, index) => ({
      type: pod(name)[0],
      props: pod(name)[1],
      urn: `urn-${index}`,
    }));
    if (!policy || !("validateStack" in policy)) throw new Error("it is no policy for stacks");
    await policy.validateStack(
      { resources, getConfig: () => ({}) } as unknown as StackValidationArgs,
      (message) => void messages.push(String(message)),
    );
    return messages.map((message) => message.split(":")[0]);
  };
  expect(await judged(["web", "store"])).toEqual(["Pod shop/web", "Pod shop/store"]);
  expect(await judged(["web", "other"])).toEqual(["Pod shop/web", "Pod shop/other"]);
});

test("what there is afterwards is judged by what was asked for", async () => {
  const replicas = stackRule({
    ...about,
    name: "replicas",
    check: ({ objects }) =>
      objects
        .filter(({ content }) => "replicas" in (content.spec as object))
        .map((object) => ({ object, path: "spec.replicas", problem: "it is said", fix: "Leave it out" })),
  });
  const metadata = { name: "web", namespace: "shop" };
  const asked = { kind: "Deployment", apiVersion: "apps/v1", metadata, spec: {} };
  const live = { ...asked, spec: { replicas: 1 } };
  const resource = (props: KubernetesObject): Resource => ["kubernetes:apps/v1:Deployment", props];
  expect(await reported(replicas, [resource(asked)], {}, { "urn-0": live })).toEqual([]);
  expect(await reported(replicas, [resource(live)], {}, { "urn-0": live })).toHaveLength(1);
});
