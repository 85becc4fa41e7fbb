import { describe, expect, test } from "vitest";
import { parseConfig } from "../../config/parse.ts";

export const project = "iot-verification";

/** Own keys by name: text as it is, everything else as JSON. */
export type Values = Readonly<Record<string, unknown>>;

/** Parses own keys as the engine hands them over; the context is set. */
export function parse(values: Values, secretKeys: readonly string[] = []) {
  const own = Object.entries(values).map(([key, value]) => [`${project}:${key}`, asText(value)]);
  return parseConfig({
    project,
    stack: "dev",
    values: { "kubernetes:context": "test-cluster", ...Object.fromEntries(own) },
    secretKeys: new Set(secretKeys.map((key) => `${project}:${key}`)),
  });
}

/** The configuration of legal values. @throws Error that lists the problems */
export function accepted(values: Values, secretKeys: readonly string[] = []) {
  const { config, problems } = parse(values, secretKeys);
  if (!config) throw new Error(`refused: ${JSON.stringify(problems)}`);
  return config;
}

/** The problems of illegal values, without the project's name. */
export function problemsOf(values: Values, secretKeys: readonly string[] = []) {
  const problems = parse(values, secretKeys).problems ?? [];
  return problems.map(({ key, ...rest }) => ({ key: key.replace(`${project}:`, ""), ...rest }));
}

/** What is given, the key that is to blame, the value as it is shown, and the whole advice. */
export type Refusal = readonly [
  title: string,
  given: Values,
  key: string,
  value: string | undefined,
  advice: string,
];

/** Tests that each of these has exactly its one problem. */
export function describeRefusals(title: string, refusals: readonly Refusal[]): void {
  describe(`${title} is refused`, () => {
    test.each(refusals)("%s", (_title, given, key, value, advice) => {
      expect(problemsOf(given)).toEqual([{ key, ...(value !== undefined && { value }), advice }]);
    });
  });
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
