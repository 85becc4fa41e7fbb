import { expect, test } from "vitest";
import { fits } from "../../../policies/objects/selectors.ts";

const by = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});

test.each([
  [by("tier", "Exists"), true],
  [by("tier", "In", ["a", "b"]), true],
  [by("tier", "NotIn", ["b"]), true],
  [by("tier", "DoesNotExist"), false],
  [by("constructor", "Exists"), false],
  [by("toString", "DoesNotExist"), true],
  [{ matchLabels: { tier: "b" } }, false],
])("%j: %j", (selector, expected) => {
  expect(fits(selector, { tier: "a" })).toBe(expected);
});
