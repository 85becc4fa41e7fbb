import { expect, test } from "vitest";
import { exceptionPrefix } from "../../policies/exceptions.ts";
import { judge } from "../../policies/judge.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { rules } from "../../policies/rules.ts";
import { readSettings } from "../../policies/settings.ts";
import { type Changes, objectsWith } from "./world.ts";

/** What all rules find in the world after changes, read from a file: rules and fields. */
function found(changes: Changes, settings: object = {}): string[] {
  const given = objectsWith(changes).map((content) => ({ content, source: "world.yaml:1" }));
  return judge(stackOf(given), rules, readSettings(rules, settings)).findings.map(
    ({ policy, object, path }) => `${policy} ${object.kind} ${path}`,
  );
}

const resources = "Deployment/web spec.template.spec.containers.0.resources";
const container = "spec.template.spec.containers[0].resources";
const secret = {
  "Secret/login": {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", namespace: "shop" },
    stringData: { password: "admin123" },
  },
};
const role = (rule: object) => ({
  "ClusterRole/reader": {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "reader" },
    rules: [{ apiGroups: [""], ...rule }],
  },
});

/** A defect that several rules see, who reports it, and who does where that rule is switched off. */
const defects: readonly (readonly [string, Changes, first: string, second: string])[] = [
  [
    "a guessable credential in a manifest",
    secret,
    "literal-secrets Secret stringData.password",
    "guessable-credentials Secret stringData.password",
  ],
  [
    "no request of what an autoscaler measures",
    { [`${resources}.requests.cpu`]: undefined, [`${resources}.limits.cpu`]: undefined },
    `autoscaler-metrics Deployment ${container}.requests.cpu`,
    `resource-requests Deployment ${container}.requests.cpu`,
  ],
  [
    "a limit in thousandths of bytes",
    { [`${resources}.limits.memory`]: "512m" },
    `resource-units Deployment ${container}.limits.memory`,
    `requests-within-limits Deployment ${container}.limits.memory`,
  ],
  [
    "a request of cores in place of thousandths",
    { [`${resources}.requests.cpu`]: "250", [`${resources}.limits.cpu`]: "1" },
    `resource-units Deployment ${container}.requests.cpu`,
    `requests-within-limits Deployment ${container}.requests.cpu`,
  ],
  [
    "a number that is no port",
    { "Service/web spec.ports.0.targetPort": 65536 },
    "port-numbers Service spec.ports[0].targetPort",
    "service-target-ports Service spec.ports[0].targetPort",
  ],
  [
    "all verbs of Secrets",
    role({ resources: ["secrets"], verbs: ["*"] }),
    "rbac-wildcards ClusterRole rules[0].verbs",
    "cluster-secrets ClusterRole rules[0].verbs",
  ],
  [
    "all verbs of pods",
    role({ resources: ["pods"], verbs: ["*"] }),
    "rbac-wildcards ClusterRole rules[0].verbs",
    "rbac-pods ClusterRole rules[0].verbs",
  ],
];

const ruleOf = (line: string) => line.split(" ")[0] ?? "";
const relevant = (lines: readonly string[], ...wanted: readonly string[]) =>
  lines.filter((line) => wanted.map(ruleOf).includes(ruleOf(line)));

test.each(defects)("%s is one finding, whichever rules are on", (_, changes, first, second) => {
  expect(relevant(found(changes), first, second)).toEqual([first]);
  expect(relevant(found(changes, { [ruleOf(first)]: "disabled" }), first, second)).toEqual([second]);
});

test("a rule that refuses does not yield to one that only warns", () => {
  const lines = found(secret, { "literal-secrets": "advisory" });
  expect(lines).toContain("guessable-credentials Secret stringData.password");
  expect(lines).toContain("literal-secrets Secret stringData.password");
});

test("nor to one that the object is excepted from", () => {
  const annotations = { [`${exceptionPrefix}literal-secrets`]: "It is for tests." };
  const changes = { ...secret, "Secret/login metadata.annotations": annotations };
  expect(relevant(found(changes), "literal-secrets", "guessable-credentials")).toEqual([
    "guessable-credentials Secret stringData.password",
  ]);
});

test("two defects of one role are two findings", () => {
  const both = found(role({ apiGroups: ["", "*"], resources: ["secrets"], verbs: ["get"] }));
  expect(relevant(both, "rbac-wildcards", "cluster-secrets")).toHaveLength(2);
});
