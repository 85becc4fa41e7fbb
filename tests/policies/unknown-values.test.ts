import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import { judge } from "../../policies/judge.ts";
import type { KubernetesObject } from "../../policies/objects/object.ts";
import { podSpecOf } from "../../policies/objects/pods.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { list } from "../../policies/objects/values.ts";
import { rules } from "../../policies/rules.ts";
import { runProgram } from "../unit/program.ts";

/** What the SDK wraps objects in for a policy: to read what a preview does not know yet ends the whole judgement. */
const { unknownCheckingProxy, unknownStringValue } = createRequire(import.meta.url)(
  "@pulumi/policy/proxy.js",
) as {
  unknownCheckingProxy(props: KubernetesObject): KubernetesObject;
  readonly unknownStringValue: string;
};

/** Keys of names that order objects: a first preview does not know them. */
const references = ["secretName", "name"];

/**
 * Everything in an object that a first preview does not know: revisions, values of variables, data of Secrets, names of what a
 * pod mounts.
 */
function withUnknowns(whole: KubernetesObject): { unknowns: number; props: KubernetesObject } {
  const copy = structuredClone(whole) as Record<string, unknown>;
  let unknowns = 0;
  const hide = (holder: unknown, keys: (key: string) => boolean) => {
    if (typeof holder !== "object" || holder === null) return;
    for (const key of Object.keys(holder).filter(keys)) {
      Object.assign(holder, { [key]: unknownStringValue });
      unknowns++;
    }
  };
  const pod = podSpecOf(copy);
  hide(pod?.annotations.values, (key) => key.endsWith("-revision"));
  for (const sort of ["initContainers", "containers"])
    for (const container of list(pod?.spec[sort]) as { env?: object[] }[])
      for (const variable of container.env ?? []) hide(variable, (key) => key === "value");
  for (const volume of list(pod?.spec.volumes) as { secret?: object; configMap?: object }[])
    for (const source of [volume.secret, volume.configMap]) hide(source, (key) => references.includes(key));
  hide(copy, (key) => copy.kind === "Secret" && ["data", "stringData"].includes(key));
  // Made anew for each content, which may hang on an address or a key pair.
  hide(copy.metadata, (key) => copy.kind === "Job" && key === "name");
  return { unknowns, props: unknownCheckingProxy(copy) };
}

describe.each(["dev", "prod"] as const)("in a first preview of stack %s", (stack) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    const { recording } = await runProgram({ stack });
    objects = recording.asked
      .filter(({ type, inputs }) => type.startsWith("kubernetes:") && inputs.kind)
      .map(({ inputs }) => inputs);
  });

  test("every Secret has something unknown, and every workload that reads a credential", () => {
    const known = objects.filter((whole) => withUnknowns(whole).unknowns === 0);
    const names = known.flatMap((whole) =>
      whole.kind === "Secret" || podSpecOf(whole) ? [(whole.metadata as { name: string }).name] : [],
    );
    expect(names).toEqual(["kube-state-metrics"]);
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))("%s can judge all the same", (_, rule) => {
    const proxied = objects.map((whole) => ({ content: withUnknowns(whole).props }));
    const { findings } = judge(stackOf(proxied), [rule]);
    expect(findings.map(({ object, path }) => `${object.kind}/${object.name} ${path}`)).toEqual([]);
  });
});
