import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { fieldHelp } from "../../config/fields.ts";
import { describeProblems } from "../../config/problems.ts";
import { clusterOnlyKeys, schema, secretKeys } from "../../config/schema.ts";
import { accepted, parse, type Values } from "./config-cases.ts";

const fixed = { seed: 20_260_101, numRuns: 300 };

describe("parseConfig", () => {
  test("judges any JSON under any key, and never throws", () => {
    const key = fc.oneof(
      fc.constantFrom(...Object.keys(schema.shape), "__proto__", "constructor", ""),
      fc.string(),
    );
    const value = fc.oneof(fc.jsonValue(), fc.string());
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.subarray([...secretKeys]), (values, secrets) => {
        const { config, problems } = parse(values, secrets);
        expect(config === undefined).toBe(problems !== undefined);
        for (const { key, advice } of problems ?? []) {
          expect(key).toMatch(/^iot-verification:/);
          expect(advice).not.toMatch(/undefined|must be must|NaN|\[object/);
        }
      }),
      fixed,
    );
  });

  test("judges any JSON in the place of any leaf, and names that leaf", () => {
    fc.assert(
      fc.property(fc.constantFrom(...leaves), fc.jsonValue(), ({ path }, value) => {
        const beside = besideOf(path);
        const { problems = [] } = parse(
          inItsLayer(path, at(path, value, beside)),
          Object.keys(beside?.secrets ?? {}),
        );
        const top = `iot-verification:${path[0]}`;
        expect(problems.filter(({ key }) => !key.startsWith(top))).toEqual([]);
      }),
      fixed,
    );
  });

  test("shows no value beyond a line's length", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 100, maxLength: 10_000 }), (namespace) => {
        const problems = parse({ namespace }).problems ?? [];
        expect(problems.map(({ value = "" }) => value.length)).toEqual([80]);
        expect(describeProblems("dev", problems).split("\n")).toHaveLength(2);
      }),
      fixed,
    );
  });

  test("takes what it has made of a configuration, unchanged", () => {
    const legal = fc.record(
      {
        namespace: fc
          .stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/)
          .filter((name) => !/^(default$|kube-)/.test(name)),
        gateway: fc.record(
          {
            replicas: fc.integer({ min: 1, max: 10 }),
            scratch: fc.integer({ min: 64, max: 4096 }).map((n) => `${n}Mi`),
          },
          { requiredKeys: [] },
        ),
        verification: fc.record(
          {
            resources: fc.record({
              limits: fc.record({ cpu: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constant("1500m")) }),
            }),
            overrides: fc.dictionary(
              fc.constantFrom("tsn", "wot"),
              fc.record({ replicas: fc.integer({ min: 1, max: 8 }) }),
            ),
          },
          { requiredKeys: [] },
        ),
        postgresql: fc.record({
          parameters: fc.record({ random_page_cost: fc.double({ min: 0.1, max: 100, noNaN: true }) }),
        }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(legal, (given) => {
        const { cluster, ...first } = accepted(given);
        const { cluster: _, ...second } = accepted(JSON.parse(JSON.stringify(first)));
        expect(second).toEqual(first);
        expect(cluster).toEqual({ context: "test-cluster" });
      }),
      fixed,
    );
  });
});

describe("help", () => {
  test("every leaf of the schema has some", () => {
    expect(leaves.filter(({ help }) => !help).map(({ path }) => path.join("."))).toEqual([]);
    expect(leaves.length).toBeGreaterThan(60);
  });

  test.each(
    leaves.filter(({ help }) => help?.example).map(({ path, help }) => [path.join("."), path, help?.example]),
  )("the example of %s is legal", (_, path, example = "") => {
    const given = inItsLayer(path, at(path, parseYaml(example), besideOf(path)));
    expect(parse(given, [...secretKeys]).problems).toBeUndefined();
  });
});

interface Leaf {
  readonly path: readonly string[];
  readonly help: { readonly example?: string } | undefined;
}

/** Every leaf of the schema; of a map with free choice of keys, the first key. */
function leavesOf(node: unknown, path: readonly string[]): Leaf[] {
  const help = node instanceof z.ZodType ? fieldHelp.get(node) : undefined;
  if (help) return [{ path, help }];
  if (node instanceof z.ZodDefault || node instanceof z.ZodPrefault || node instanceof z.ZodOptional) {
    return leavesOf(node.unwrap(), path);
  }
  if (node instanceof z.ZodObject) {
    return Object.entries(node.shape).flatMap(([key, child]) => leavesOf(child, [...path, key]));
  }
  if (node instanceof z.ZodRecord && node.keyType instanceof z.ZodEnum) {
    return leavesOf(node.valueType, [...path, String(node.keyType.options[0])]);
  }
  return [{ path, help: undefined }];
}

const leaves = leavesOf(schema, []);

/** Some keys are of stack `cluster` alone. */
function inItsLayer([top = ""]: readonly string[], values: Values): Values {
  return (clusterOnlyKeys as readonly string[]).includes(top) ? { layer: "cluster", ...values } : values;
}

/** What the keys of a section need beside each other: the section, and the secrets that go with it. */
interface Companions {
  readonly section: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A channel is one of a webhook; mail needs a sender and a server, and a name a password. */
const companions: Readonly<Record<string, Companions>> = {
  "alerting.slack": { section: {}, secrets: { alertSlackUrl: "https://hooks.example.com/x" } },
  "alerting.email": {
    section: {
      to: ["operators@example.com"],
      from: "alerts@example.com",
      smarthost: "smtp.example.com:587",
      username: "alerts",
    },
    secrets: { alertEmailPassword: "secret" },
  },
};

function besideOf(path: readonly string[]): Companions | undefined {
  return companions[path.slice(0, 2).join(".")];
}

/** Own keys with one value at a path, and what it needs beside it. */
function at(path: readonly string[], value: unknown, beside?: Companions): Record<string, unknown> {
  const [top = "", ...rest] = path;
  const inner = rest.reduceRight<unknown>(
    (child, key, index) => ({ ...(index === 1 && beside?.section), [key]: child }),
    value,
  );
  return { [top]: inner, ...beside?.secrets };
}
