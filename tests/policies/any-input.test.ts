import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../policies/objects/object.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { messageOf } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import { objectsWith } from "./world.ts";

const fixed = { seed: 20_260_101, numRuns: 300 };

const odd = fc.oneof(
  fc.constantFrom(null, "", "text", 0, -1, 1.5, true, false, [], {}, [null], [[]], [5], "${x"),
  // What every object of the language has by itself.
  fc.constantFrom("constructor", "toString", "__proto__", "registry.example/constructor:1"),
  fc
    .constantFrom("constructor", "toString", "__proto__")
    .map((key) => JSON.parse(`{"${key}":"text"}`) as unknown),
  fc.jsonValue(),
);

/** Every path of the compliant world's objects, as keys to follow. */
const places = objectsWith().flatMap((object, index) =>
  pathsIn(object).map((path) => [index, path] as const),
);

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

function withValueAt(index: number, path: readonly string[], value: unknown): KubernetesObject[] {
  const objects = objectsWith();
  const holder = { whole: objects[index] } as Record<string, unknown>;
  const keys = ["whole", ...path];
  const last = keys.pop() ?? "";
  const inner = keys.reduce<Record<string, unknown>>(
    (node, key) => node[key] as Record<string, unknown>,
    holder,
  );
  inner[last] = value;
  const changed = holder.whole;
  const isObject = typeof changed === "object" && changed !== null && !Array.isArray(changed);
  return objects.with(index, isObject ? (changed as KubernetesObject) : {});
}

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s never throws", (_, rule) => {
  test("whatever objects there are", () => {
    const object = fc.dictionary(fc.string(), fc.anything());
    fc.assert(
      fc.property(fc.array(object, { maxLength: 4 }), (objects) => {
        expect(Array.isArray(rule.check(stackOf(objects.map((content) => ({ content })))))).toBe(true);
      }),
      fixed,
    );
  });

  test("whatever stands in the place of any part of the compliant world", () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, ([index, path], value) => {
        const stack = stackOf(withValueAt(index, path, value).map((content) => ({ content })));
        for (const violation of rule.check(stack)) {
          expect(violation.path).not.toMatch(/undefined|\[object/);
          expect(messageOf(rule, violation)).not.toMatch(/undefined|\[object|[^.]\.\.$/);
        }
      }),
      fixed,
    );
  });
});
