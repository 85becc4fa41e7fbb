import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { violationsOf } from "../../policies/exceptions.ts";
import type { Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import { runProgram } from "../unit/program.ts";
import { kinds, object, set, specPaths } from "./fixtures.ts";

const policies = fileURLToPath(new URL("../../policies", import.meta.url));

describe("the pack", () => {
  test("has names in kebab-case, each once, that say what file holds the rule", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const files = ruleFiles().map((file) => file.split("/").at(-1)?.replace(".ts", ""));
    expect([...names].sort()).toEqual(files.sort());
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test("has the rule of every file below a folder of policies/", async () => {
    const files = ruleFiles();
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const file of files) {
      const module = (await import(pathToFileURL(join(policies, file)).href)) as Record<string, unknown>;
      const exported = Object.values(module).filter(isRule);
      expect(exported, file).toHaveLength(1);
      expect(rules.map(({ name }) => name)).toContain(exported[0]?.name);
    }
  });

  test("says in each description what is asked, and where that comes from", () => {
    for (const { description, enforcementLevel } of rules) {
      expect(description).toMatch(/^[A-Z].+ \(https:\/\/\S+\)\.$/);
      expect(enforcementLevel).toBe("mandatory");
    }
  });
});

test.each(["dev", "prod"] as const)("stack %s keeps every rule", async (stack) => {
  const { recording } = await runProgram({ stack });
  const objects = recording.asked.filter(({ type }) => type.startsWith("kubernetes:"));
  const judged = objects.filter(({ inputs }) => kinds.includes(String(inputs.kind) as "Pod"));
  expect(judged.length).toBeGreaterThan(25);
  const excepted = judged.filter(({ inputs }) => rules.some((rule) => rule.check(inputs).length > 0));
  expect(excepted.map(({ name }) => name)).toEqual(["observability-logging-filebeat-daemonset"]);
  const violations = objects.flatMap(({ name, inputs }) =>
    rules.flatMap((rule) =>
      violationsOf(rule, inputs).map(({ path, message }) => `${name}: ${path}: ${message}`),
    ),
  );
  expect(violations).toEqual([]);
});

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s never throws", (_, rule) => {
  const fixed = { seed: 20_260_101, numRuns: 500 };

  test("whatever the object is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.dictionary(fc.string(), fc.anything()), (kind, rest) => {
        expect(Array.isArray(rule.check({ ...rest, kind }))).toBe(true);
      }),
      fixed,
    );
  });

  test("whatever stands in the place of any part of a compliant object", () => {
    const odd = fc.oneof(
      fc.constantFrom(null, "", "text", 0, -1, 1.5, true, false, [], {}, [null], [[]], [5]),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.constantFrom(...parts), odd, (kind, part, value) => {
        const changed = object(kind);
        set(changed, `${specPaths[kind]}${part && `.${part}`}`, value);
        for (const { path, message } of rule.check(changed)) {
          expect(path.startsWith(specPaths[kind].split(".")[0] ?? "")).toBe(true);
          expect(message).not.toMatch(/undefined|\[object/);
        }
      }),
      fixed,
    );
  });
});

const parts = [
  "",
  "os",
  "volumes",
  "volumes.0",
  "volumes.0.image",
  "volumes.0.image.reference",
  "containers",
  "containers.0",
  "containers.0.name",
  "containers.0.image",
  "containers.0.ports",
  "containers.0.ports.0",
  "containers.0.ports.0.hostPort",
  "containers.0.lifecycle",
  "containers.0.livenessProbe",
  "containers.0.livenessProbe.httpGet",
  "containers.0.securityContext",
  "containers.0.securityContext.capabilities",
  "containers.0.securityContext.capabilities.add",
  "containers.0.securityContext.capabilities.drop",
  "containers.0.securityContext.seLinuxOptions",
  "initContainers",
  "ephemeralContainers",
  "securityContext",
  "securityContext.sysctls",
  "securityContext.seccompProfile",
  "securityContext.appArmorProfile",
] as const;

/** The files of rules: one below a folder for its subject. */
function ruleFiles(): string[] {
  return readdirSync(policies, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^[a-z]+\/[a-z-]+\.ts$/.test(file),
  );
}

function isRule(value: unknown): value is Rule {
  return typeof value === "object" && value !== null && "check" in value && "enforcementLevel" in value;
}
