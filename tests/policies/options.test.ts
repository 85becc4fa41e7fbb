import { expect, test } from "vitest";
import { rules } from "../../policies/rules.ts";
import { readSettings } from "../../policies/settings.ts";

/** For every option, values that are refused, and how. */
const refused: readonly (readonly [rule: string, options: Record<string, unknown>, message: RegExp])[] = [
  [
    "trusted-registries",
    { registries: "registry.example" },
    /^trusted-registries\.registries: .*expected array/,
  ],
  [
    "trusted-registries",
    { registries: [] },
    /^trusted-registries\.registries: must name a registry; without the option, images come from anywhere$/,
  ],
  ["trusted-registries", { registries: [""] }, /^trusted-registries\.registries\.0: must be the beginning /],
  [
    "supported-versions",
    { oldest: { redis: 7.4 } },
    /^supported-versions\.oldest\.redis: must be text in quotes: without them, 1\.30 is read as the number 1\.3$/,
  ],
  ["supported-versions", { oldest: { redis: "7.x" } }, /^supported-versions\.oldest\.redis: must be numbers/],
  ["restricted-pods", { level: "privileged" }, /^restricted-pods\.level: .*"restricted"\|"baseline"/],
  ["resource-requests", { resources: ["gpu"] }, /^resource-requests\.resources\.0: .*"ephemeral-storage"/],
  [
    "resource-requests",
    { resources: [] },
    /^resource-requests\.resources: must name a resource; `disabled` is the level that switches the rule off$/,
  ],
  ["resource-units", { mostCores: 0 }, /^resource-units\.mostCores: .*>0/],
  [
    "resource-units",
    { fewestBytes: "1 MB" },
    /^resource-units\.fewestBytes: must be a quantity, such as 1Mi$/,
  ],
  ["startup-probes", { delaySeconds: 0 }, /^startup-probes\.delaySeconds: .*>=1/],
  ["separate-secrets", { subjects: 1 }, /^separate-secrets\.subjects: .*>=2/],
  ["separate-secrets", { readers: 0 }, /^separate-secrets\.readers: .*>=1/],
  ["guessable-credentials", { leastLength: 7 }, /^guessable-credentials\.leastLength: .*>=8/],
  ["disruption-budgets", { replicas: 1 }, /^disruption-budgets\.replicas: .*>=2/],
  ["spread-replicas", { replicas: 2.5 }, /^spread-replicas\.replicas: .*expected int/],
  ["removed-apis", { kubernetes: 1.3 }, /^removed-apis\.kubernetes: must be text in quotes/],
  ["removed-apis", { kubernetes: "latest" }, /^removed-apis\.kubernetes: must be a version such as 1\.36$/],
  ["port-numbers", { nodePorts: "30000" }, /^port-numbers\.nodePorts: must be a range such as 30000-32767$/],
  [
    "public-services",
    { allowed: ["ClusterIP"] },
    /^public-services\.allowed\.0: .*"NodePort"\|"LoadBalancer"/,
  ],
];

test.each(refused)("%s with %j is refused, and named", (rule, options, message) => {
  expect(() => readSettings(rules, { [rule]: options })).toThrow(message);
  expect(readSettings(rules, { [rule]: {} })).toEqual({ [rule]: { options: {} } });
});

// Pulumi fills in the defaults first, and then holds them to the schema.
test.each(rules.flatMap(({ name, options }) => (options ? [[name, options] as const] : [])))(
  "the defaults of %s are options that it accepts",
  (_, options) => {
    expect(options.safeParse(options.parse({})).error).toBeUndefined();
  },
);

test("the table has every option", () => {
  const options = rules.flatMap(({ name, options }) =>
    Object.keys(options?.shape ?? {}).map((option) => `${name} ${option}`),
  );
  const named = refused.map(([rule, given]) => `${rule} ${Object.keys(given)[0]}`);
  expect([...new Set(named)].sort()).toEqual(options.sort());
});

test.each(rules.filter(({ options }) => options).map((rule) => [rule.name, rule] as const))(
  "%s refuses an option that it has not",
  (name) => {
    expect(() => readSettings(rules, { [name]: { other: 1 } })).toThrow(`${name}: Unrecognized key: "other"`);
  },
);
