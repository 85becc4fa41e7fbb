import { expect, test } from "vitest";
import { describeProblems } from "../../config/problems.ts";
import { secretKeys } from "../../config/schema.ts";
import { accepted, parse, problemsOf } from "./config-cases.ts";

const minimum = {
  databasePassword: 16,
  redisPassword: 16,
  jwtSecret: 32,
  apiKey: 24,
  prometheusToken: 24,
  jwtSecretPrevious: 32,
  apiKeyPrevious: 24,
  prometheusTokenPrevious: 24,
};

function rule(length: number): string {
  return `must be ${length} to 512 printable ASCII characters without blanks; left out, the stack generates one`;
}

test("every secret has its shortest length", () => {
  expect(Object.keys(minimum)).toEqual(secretKeys);
});

test.each(Object.entries(minimum))("%s of %i characters is taken, and not one less", (key, length) => {
  expect(accepted({ [key]: "x".repeat(length) }, [key])).toMatchObject({ [key]: "x".repeat(length) });
  expect(problemsOf({ [key]: "x".repeat(length - 1) }, [key])).toEqual([
    { key, value: "[secret]", advice: rule(length) },
  ]);
});

test.each([
  ["empty", ""],
  ["with a blank", "hunter2 hunter2 hunter2 hunter2 hunter2"],
  ["with a newline at its end", `${"x".repeat(40)}\n`],
  ["beyond ASCII", "ключ".repeat(10)],
  ["too long", "x".repeat(513)],
])("a secret %s has one problem, which does not show it", (_, value) => {
  expect(problemsOf({ jwtSecret: value }, ["jwtSecret"])).toEqual([
    { key: "jwtSecret", value: "[secret]", advice: rule(32) },
  ]);
});

test.each(secretKeys)("%s in plain text is refused, and not shown", (key) => {
  const problems = problemsOf({ [key]: "hunter2-".repeat(5) });
  const advice = `is in plain text; choose a new value and set it with \`pulumi config set --secret ${key}\``;
  expect(problems).toEqual([{ key, advice }]);
});

test("digits stay text", () => {
  expect(accepted({ jwtSecret: "1".repeat(32) }, ["jwtSecret"]).jwtSecret).toBe("1".repeat(32));
});

const value = "correct-horse-battery";

test.each([
  ["a short secret", { databasePassword: value.slice(0, 15) }, ["databasePassword"]],
  ["a short secret in plain text", { databasePassword: value.slice(0, 15) }, []],
  ["a secret in plain text", { apiKey: `${value}-staple` }, []],
  ["a section that is secret", { gateway: { replicas: value } }, ["gateway"]],
  ["a section that is secret and broken", { gateway: `{"replicas": ${value}` }, ["gateway"]],
  ["a limit that is secret and none", { redis: { resources: { limits: { memory: value } } } }, ["redis"]],
  ["a secret under a misspelt key", { databasePasword: value }, ["databasePasword"]],
])("the value of %s appears in no message", (_, given, secrets) => {
  const problems = parse(given, secrets).problems ?? [];
  expect(problems.length).toBeGreaterThan(0);
  expect(describeProblems("dev", problems)).not.toContain(value.slice(0, 15));
});
