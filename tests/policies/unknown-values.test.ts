import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import { violationsOf } from "../../policies/exceptions.ts";
import { podSpecOf } from "../../policies/pod-specs.ts";
import type { KubernetesObject } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import { runProgram } from "../unit/program.ts";
import { kinds, object } from "./fixtures.ts";

/** What the SDK wraps objects in for a policy: to read what a preview does not know yet ends the whole judgement. */
const { unknownCheckingProxy, unknownStringValue } = createRequire(import.meta.url)(
  "@pulumi/policy/proxy.js",
) as {
  unknownCheckingProxy(props: KubernetesObject): KubernetesObject;
  readonly unknownStringValue: string;
};

/** Everything in an object that a first preview does not know: revisions, values of variables, data of Secrets. */
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
  for (const sort of ["initContainers", "containers"]) {
    const containers = (pod?.spec[sort] ?? []) as { env?: object[] }[];
    for (const variable of containers.flatMap(({ env = [] }) => env))
      hide(variable, (key) => key === "value");
  }
  hide(copy, (key) => copy.kind === "Secret" && ["data", "stringData"].includes(key));
  return { unknowns, props: unknownCheckingProxy(copy) };
}

describe("in a first preview of stack dev", () => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    const { recording } = await runProgram();
    objects = recording.asked
      .filter(({ type, inputs }) => type.startsWith("kubernetes:") && inputs.kind)
      .map(({ inputs }) => inputs);
  });

  test("every workload and every Secret has something unknown", () => {
    const unknown = objects.filter((whole) => withUnknowns(whole).unknowns > 0);
    const count = (kind: string) => unknown.filter((whole) => whole.kind === kind).length;
    const secrets = objects.filter(({ kind }) => kind === "Secret");
    expect(secrets.length).toBeGreaterThan(20);
    expect(count("Secret")).toBe(secrets.length);
    // All but kube-state-metrics and the blackbox exporter, which read no credential.
    expect([count("Deployment"), count("StatefulSet")]).toEqual([12, 5]);
    const deployment =
      objects.find(({ kind, metadata }) => kind === "Deployment" && isGateway(metadata)) ?? {};
    const annotations = podSpecOf(withUnknowns(deployment).props)?.annotations.values ?? {};
    expect(() => annotations["iot-verification.dev/database-revision"]).toThrow(
      /can't be known during preview/,
    );
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))("%s reads nothing of it", (_, rule) => {
    for (const whole of objects) expect(violationsOf(rule, withUnknowns(whole).props)).toEqual([]);
  });
});

function isGateway(metadata: unknown): boolean {
  return (metadata as { name?: unknown }).name === "api-gateway";
}

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s finds the same", (_, rule) => {
  test.each(kinds)("in a %s with unknown values as in one without", (kind) => {
    const bad = {
      hostNetwork: true,
      "containers.0.image": "registry.test/thing:latest",
      "containers.0.env": [{ name: "A", value: "a" }],
      "containers.0.securityContext": {},
      "initContainers.0.env": [{ name: "B", value: "b" }],
    };
    const whole = object(kind, bad);
    const { unknowns, props } = withUnknowns(whole);
    expect(unknowns).toBe(2);
    expect(rule.check(props)).toEqual(rule.check(whole));
    expect(rule.check(whole)).not.toEqual([]);
  });
});
