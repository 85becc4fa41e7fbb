import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { judge } from "../../policies/judge.ts";
import type { KubernetesObject } from "../../policies/objects/object.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import type { Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import { Secret } from "../unit/mocks.ts";
import { runProgram } from "../unit/program.ts";
import { foundBy } from "./world.ts";

const policies = fileURLToPath(new URL("../../policies", import.meta.url));

/** Folders that hold no rules. */
const others = ["objects", "data", "runner"];

describe("the pack", () => {
  test("has names in kebab-case, each once, that say what file holds the rule", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const files = ruleFiles().map((file) => file.split("/").at(-1)?.replace(".ts", ""));
    expect([...names].sort()).toEqual(files.sort());
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test("has the rule of every file below a folder of policies/", async () => {
    for (const file of ruleFiles()) {
      const module = (await import(pathToFileURL(join(policies, file)).href)) as Record<string, unknown>;
      const exported = Object.values(module).filter(isRule);
      expect(exported, file).toHaveLength(1);
      expect(rules.map(({ name }) => name)).toContain(exported[0]?.name);
    }
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))(
    "%s says what is asked, why, and where that comes from",
    (_, rule) => {
      expect(rule.description).toMatch(/^[A-Z].+[^.]\.$/);
      expect(rule.why).toMatch(/^[A-Z].+[^.]\.$/);
      expect(rule.reference).toMatch(/^https:\/\/\S+$/);
      for (const other of rule.yieldsTo ?? []) expect(rules.map(({ name }) => name)).toContain(other);
      for (const option of Object.values(rule.options?.shape ?? {}))
        expect(option.description).toMatch(/\.$/);
    },
  );

  test.each(rules.map((rule) => [rule.name, rule] as const))(
    "%s has nothing against the compliant world",
    (_, rule) => {
      expect(foundBy(rule)).toEqual([]);
    },
  );
});

/** Deployments of one pod each, beside which nobody waits: they observe. */
const single = [
  "blackbox-exporter",
  "elasticsearch-exporter",
  "kube-state-metrics",
  "postgresql-exporter",
  "redis-exporter",
];

test.each([
  ["dev", ["jaeger", "kibana", "logstash", ...single], ["DaemonSet/filebeat"]],
  // What operators make of their resources is theirs.
  ["prod", single, []],
] as const)("stack %s keeps every rule, with exceptions that say why not", async (stack, alone, shippers) => {
  const { recording } = await runProgram({ stack });
  const objects = recording.asked.filter(
    ({ type }) => type.startsWith("kubernetes:") && !type.endsWith("Patch"),
  );
  expect(objects.length).toBeGreaterThan(150);
  const contents = objects.map(({ inputs }) => ({ content: shown(inputs) as KubernetesObject }));
  const { findings, exceptions } = judge(stackOf(contents), rules);
  expect(
    findings.map(({ policy, object, path, message }) => [policy, object.kind, object.name, path, message]),
  ).toEqual([]);
  const excepted = exceptions.map(({ policy, object }) => `${policy} ${object.kind}/${object.name}`);
  expect([...new Set(excepted)].sort()).toEqual(
    [
      ...alone.map((name) => `deployment-replicas Deployment/${name}`),
      "open-network-policies NetworkPolicy/api-gateway",
      ...shippers.map((shipper) => `restricted-pods ${shipper}`),
    ].sort(),
  );
});

/** Inputs as Pulumi shows them to policies: secrets as plain values, here one that is as hard to guess as what is generated. */
function shown(value: unknown, isSecret = false): unknown {
  if (value instanceof Secret) return shown(value.value, true);
  if (Array.isArray(value)) return value.map((item) => shown(item, isSecret));
  if (typeof value === "string") return isSecret ? "k3Vq8ZxW0pLrT5nHc2JmYd7GbSf9AuEo" : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner, isSecret)]));
}

/** The files of rules: one below a folder for its subject. */
function ruleFiles(): string[] {
  return readdirSync(policies, { recursive: true, encoding: "utf8" }).filter(
    (file) => /^[a-z]+\/[a-z-]+\.ts$/.test(file) && !others.includes(file.split("/")[0] ?? ""),
  );
}

function isRule(value: unknown): value is Rule {
  return typeof value === "object" && value !== null && "check" in value && "severity" in value;
}
