import { expect, test } from "vitest";
import { describeProblems } from "../../config/problems.ts";
import { secretKeys } from "../../config/schema.ts";
import { accepted, parse, problemsOf, type Values } from "./config-cases.ts";

/** What the stack generates when it is left out, by its shortest length. */
const generated = {
  databasePassword: 16,
  redisPassword: 16,
  jwtSecret: 32,
  apiKey: 24,
  prometheusToken: 24,
  jwtSecretPrevious: 32,
  apiKeyPrevious: 24,
  prometheusTokenPrevious: 24,
  grafanaPassword: 16,
  elasticPassword: 16,
};

type Case = readonly [legal: string, illegal: readonly string[], rule: string, companions?: Values];

const s3 = {
  objectStorage: { engine: "external", external: { endpoint: "https://s3.example.com" } },
  objectStorageAccessKeyId: "key-id",
  objectStorageSecretAccessKey: "k".repeat(16),
};
const url: Case = [
  "https://hooks.example.com/T0/B0/x",
  ["hooks.example.com/x", "ftp://hooks.example.com/x", `https://example.com/${"x".repeat(2048)}`],
  "must be an http or https URL of at most 2048 characters",
];

/** What others have chosen, which nothing can be generated for. */
const chosen: Readonly<Record<string, Case>> = {
  objectStorageAccessKeyId: ["AKI", ["AK", "with blank"], rule(3), s3],
  objectStorageSecretAccessKey: ["k".repeat(16), ["k".repeat(15)], rule(16), s3],
  alertWebhookUrl: url,
  alertSlackUrl: url,
  alertPagerdutyKey: [
    "0aB".padEnd(32, "1"),
    ["1".repeat(31), "1".repeat(33), "-".repeat(32)],
    "must be an integration key: 32 letters and digits",
  ],
  alertEmailPassword: [
    "x",
    ["with blank", "x".repeat(513), "ключ"],
    "must be 1 to 512 printable ASCII characters without blanks",
    {
      alerting: {
        email: {
          to: ["operators@example.com"],
          from: "alerts@example.com",
          smarthost: "smtp.example.com:587",
          username: "alerts@example.com",
        },
      },
    },
  ],
  alertWatchdogUrl: url,
};

function rule(length: number): string {
  return `must be ${length} to 512 printable ASCII characters without blanks; left out, the stack generates one`;
}

test("every secret has its rule", () => {
  expect([...Object.keys(generated), ...Object.keys(chosen)]).toEqual(secretKeys);
});

test.each(Object.entries(generated))("%s of %i characters is taken, and not one less", (key, length) => {
  expect(accepted({ [key]: "x".repeat(length) }, [key])).toMatchObject({ [key]: "x".repeat(length) });
  expect(problemsOf({ [key]: "x".repeat(length - 1) }, [key])).toEqual([
    { key, value: "[secret]", advice: rule(length) },
  ]);
});

test.each(Object.entries(chosen))(
  "%s is taken in its own form alone, and never shown",
  (key, [legal, illegal, advice, companions]) => {
    const given = (value: string) => ({ ...companions, [key]: value });
    expect(accepted(given(legal), [...secretKeys])).toMatchObject({ [key]: legal });
    for (const value of illegal) {
      expect(problemsOf(given(value), [...secretKeys])).toEqual([{ key, value: "[secret]", advice }]);
    }
  },
);

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

test("a secret in plain text is one problem, whatever goes with it", () => {
  const email = { to: ["a@example.com"], from: "b@example.com", smarthost: "example.com:587", username: "b" };
  const alerting = { slack: { channel: "#operators" }, email };
  const problems = problemsOf({ alerting, alertSlackUrl: "hunter2", alertEmailPassword: "hunter2" });
  expect(problems.map(({ key }) => key)).toEqual(["alertSlackUrl", "alertEmailPassword"]);
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
