import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../policies/objects/object.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { messageOf } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import { prometheus } from "./wiring/monitoring.ts";
import { type Changes, messagesOf, objectsWith, worldWith } from "./world.ts";

/** Values that are guessed at once, are of a known form, or look like nothing. */
const credentials = ["hunter2-Marzipan", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "Xk9vQ2mZ7wLr4TnB8pYs"];

const container = "Deployment/web spec.template.spec.containers.0";
const secret = (data: object) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "login", namespace: "shop" },
  type: "Opaque",
  ...data,
});

/** Wherever people put a credential. */
const places = (credential: string): readonly Changes[] => [
  { [`${container}.env`]: [{ name: "STORE_PASSWORD", value: credential }] },
  { [`${container}.env`]: [{ name: "STORE_URL", value: `postgres://shop:${credential}@store:7000/shop` }] },
  { [`${container}.args`]: ["--password", credential, `--token=${credential}`] },
  { [`${container}.command`]: ["sh", "-c", `PASSWORD=${credential} web --api-key ${credential}`] },
  { [`${container}.livenessProbe`]: { exec: { command: ["store", "-a", credential, `-p${credential}`] } } },
  { "Deployment/web metadata.annotations": { "example.com/password": credential, token: credential } },
  {
    "ConfigMap/web-settings data": {
      password: credential,
      "web.yaml": `store:\n  password: ${credential}\n`,
    },
  },
  {
    "ConfigMap/web-settings data": {
      "web.conf": `url = http://shop:${credential}@store:7000\napi_key=${credential}\n`,
    },
  },
  { "Secret/login": secret({ stringData: { password: credential } }) },
  { "Secret/login": secret({ data: { password: Buffer.from(credential).toString("base64") } }) },
];

const encoded = (credential: string) => Buffer.from(credential).toString("base64");

describe.each(credentials)("%s", (credential) => {
  test("is in no message, wherever it stands, though it is found nearly everywhere", () => {
    const finders = places(credential).map((changes) => {
      const messages = rules.flatMap((rule) => messagesOf(rule, changes));
      for (const message of messages) {
        expect(message).not.toContain(credential);
        expect(message).not.toContain(encoded(credential));
        expect(message).not.toContain(credential.slice(0, 8));
      }
      return rules.filter((rule) => rule.check(worldWith(changes)).length > 0).map(({ name }) => name);
    });
    const found = finders.filter((names) => names.some((name) => /credential|login|token|secret/.test(name)));
    // What an unknown program is given beside -a, and a Secret whose value nobody guesses, are as they may be.
    expect(found.length).toBeGreaterThanOrEqual(places(credential).length - 3);
  });
});

/** Fields that hold the name of something, which messages have to name. */
const names = [
  "name",
  "namespace",
  "kind",
  "image",
  "host",
  "hosts",
  "serviceAccountName",
  "serviceName",
  "job_name",
];
/** Fields all of whose entries are labels. */
const labels = ["labels", "matchLabels", "selector"];
/** Fields of hosts and paths, which are named as such; an address with a login in it is neither. */
const addresses = ["targets", "rule_files"];

const configuration = {
  rule_files: ["/etc/prometheus/alerts.yml"],
  alerting: { alertmanagers: [{ static_configs: [{ targets: ["web:80"] }] }] },
  scrape_configs: [
    {
      job_name: "pods",
      kubernetes_sd_configs: [{ role: "pod" }],
      relabel_configs: [
        { source_labels: ["__meta_kubernetes_pod_annotation_scrape"], action: "keep", regex: "true" },
      ],
    },
    { job_name: "web", static_configs: [{ targets: ["web:80"] }], basic_auth: { username: "prometheus" } },
  ],
};

const store = "StatefulSet/store spec.template.spec";
/** Fields that rules read, and that the compliant world leaves out. */
const further: Changes = {
  ...prometheus(configuration),
  [`${store}.containers.0.env`]: [
    { name: "MYSQL_ALLOW_EMPTY_PASSWORD", value: "" },
    { name: "POSTGRES_HOST_AUTH_METHOD", value: "scram-sha-256" },
    { name: "WEB_HOST", value: "web" },
    { name: "WEB_PORT", value: "80" },
  ],
  [`${store}.containers.0.args`]: ["store", "--anonymous-auth", "false", "--config.file=store.conf"],
  [`${store}.containers.0.ports.0.hostPort`]: 0,
  [`${store}.containers.0.securityContext.capabilities.add`]: ["NET_BIND_SERVICE"],
  [`${store}.containers.0.securityContext.seLinuxOptions`]: { type: "container_t" },
  [`${store}.containers.0.lifecycle`]: { preStop: { exec: { command: ["sleep", "1"] } } },
  [`${store}.securityContext.sysctls`]: [{ name: "net.ipv4.tcp_rmem", value: "1" }],
  "Deployment/web metadata.annotations": { "example.com/note": "none" },
  "Deployment/web spec.strategy": {
    type: "RollingUpdate",
    rollingUpdate: { maxUnavailable: 1, maxSurge: "25%" },
  },
  "Ingress/web metadata.annotations": { "nginx.ingress.kubernetes.io/rewrite-target": "/$1" },
  "ConfigMap/web-settings data.MYSQL_ALLOW_EMPTY_PASSWORD": "",
  "ConfigMap/web-settings data.WEB_URL": "http://web:80",
};

type Path = readonly string[];

/** Paths of everything below a value that is no holder of others. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function changed<T extends object>(whole: T, path: Path, value: string): T {
  const copy = structuredClone(whole);
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], copy);
  Object.assign(holder as object, { [path.at(-1) ?? ""]: value });
  return copy;
}

const word = "hunter2-Marzipan";
const login = `http://shop:${word}@web:8080`;

/** What may stand at a path: all but what is a name by nature. */
function formsAt(path: Path): string[] {
  const field = path.findLast((key) => !/^\d+$/.test(key)) ?? "";
  if (names.includes(field) || path.some((key) => labels.includes(key))) return [];
  return addresses.includes(field) ? [login] : [word, login];
}

function expectSilence(objects: readonly KubernetesObject[], where: string): void {
  const stack = stackOf(objects.map((content) => ({ content, source: "shop.yaml:1" })));
  for (const rule of rules)
    for (const violation of rule.check(stack)) {
      const message = messageOf(rule, violation);
      expect(message.toLowerCase(), `${rule.name}, ${where}`).not.toContain(word.toLowerCase());
    }
}

const world = objectsWith(further);

test.each(world.map((object, index) => [`${object.kind} ${index}`, object, index] as const))(
  "no message quotes any field of %s",
  (_, object, index) => {
    for (const path of leavesOf(object))
      for (const form of formsAt(path))
        expectSilence(world.with(index, changed(object, path, form)), path.join("."));
  },
);

test.each(leavesOf(configuration).map((path) => [path.join("."), path] as const))(
  "no message quotes %s of a Prometheus",
  (where, path) => {
    for (const form of formsAt(path)) {
      const file = JSON.stringify(changed(configuration, path, form));
      expectSilence(objectsWith({ ...further, "ConfigMap/prometheus data.prometheus~yml": file }), where);
    }
  },
);
