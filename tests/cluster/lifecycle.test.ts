import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standards } from "../../components/contract/standards.ts";
import { changedByPulumi, changes, changesOfUp, completed, ready, written } from "./audit.ts";
import { Checkout } from "./checkout.ts";
import { objects, platformObjects, secretValues } from "./kubernetes.ts";

const workloads = ["api-gateway", ...standards.map(({ id }) => `${id}-verification`)];
const deployments = workloads.map((name) => `deployments/${name}`);

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout();
  execFileSync("git", ["init", "--quiet"], { cwd: checkout.directory });
  execFileSync("git", ["add", "--all"], { cwd: checkout.directory });
});
afterAll(() => checkout.remove("dev"));

/** Systems without a volume, and every server that has one. */
const deployedSystems = [
  "blackbox-exporter",
  "elasticsearch-exporter",
  "jaeger",
  "kibana",
  "kube-state-metrics",
  "logstash",
  "postgresql-exporter",
  "redis-exporter",
];
const statefulSets = [
  "alertmanager",
  "elasticsearch",
  "grafana",
  "object-storage",
  "postgresql",
  "prometheus",
  "redis",
];

/** A warning for the person at the keyboard; what a resource says of itself while its pods start is progress. */
const isWarning = (line: string) => /warning/i.test(line) && !/ (creating|updating) \(\d+s\) /.test(line);

describe("stack dev on a local cluster", () => {
  it("comes up from nothing with every workload available", async () => {
    const { code, output } = await checkout.run("up");
    expect(code, output).toBe(0);
    expect(output.split("\n").filter(isWarning)).toEqual([]);
    const found = platformObjects(checkout, "deployments,statefulsets");
    expect([...found.keys()].sort()).toEqual(
      [
        ...[...workloads, ...deployedSystems].map((name) => `Deployment/${name}`),
        ...statefulSets.map((name) => `StatefulSet/${name}`),
      ].sort(),
    );
    for (const [name, { spec, status }] of found) {
      expect([name, status?.availableReplicas]).toEqual([name, spec?.replicas]);
    }
    const shippers = objects(checkout, "daemonsets").map(({ metadata, status }) => [metadata.name, status]);
    const everyNode = { desiredNumberScheduled: 3, numberAvailable: 3 };
    expect(shippers).toEqual([["filebeat", expect.objectContaining(everyNode)]]);
  });

  it("binds the data volumes", () => {
    const claims = [...platformObjects(checkout, "persistentvolumeclaims")].map(([name, { status }]) => [
      name,
      status?.phase,
    ]);
    expect(claims.sort()).toEqual(
      statefulSets.map((name) => [`PersistentVolumeClaim/data-${name}-0`, "Bound"]),
    );
  });

  it("starts nothing before what it needs, and lets nothing wait for what it does not need", () => {
    const all = changes(checkout);
    const byPulumi = all.filter(({ byPulumi }) => byPulumi);
    const namespaces = ["namespaces/iot-verification", "namespaces/iot-verification-logs"];
    expect(namespaces).toContain(byPulumi[0]?.object);
    // The readers' Secret comes when the server is ready, and the readers after it.
    expect(written(all, "secrets/database-credentials")).toBeGreaterThan(ready(all, "postgresql-0"));
    expect(written(all, "secrets/redis-credentials")).toBeGreaterThan(ready(all, "redis-0"));
    const migrations = byPulumi.find(({ object }) =>
      /^jobs\/database-migrations-[0-9a-f]{8}$/.test(object),
    )?.object;
    if (!migrations) throw new Error("nobody made the Job of the migrations");
    expect(written(all, migrations)).toBeGreaterThan(written(all, "secrets/database-credentials"));
    for (const deployment of deployments) {
      expect(written(all, deployment)).toBeGreaterThan(completed(all, migrations));
      expect(written(all, deployment)).toBeGreaterThan(written(all, "secrets/redis-credentials"));
    }
    // Callers and scrapers are told what is accepted once it is.
    const available = Math.max(...workloads.map((name) => ready(all, `${name}-`)));
    expect(written(all, "secrets/api-credentials")).toBeGreaterThan(ready(all, "api-gateway-"));
    expect(written(all, "secrets/metrics-credentials")).toBeGreaterThan(available);
    // The two servers start side by side, and so do gateway and verifiers.
    const servers = ["statefulsets/postgresql", "statefulsets/redis"].map((object) => written(all, object));
    expect(Math.max(...servers)).toBeLessThan(Math.min(ready(all, "postgresql-0"), ready(all, "redis-0")));
    const firstReady = Math.min(...workloads.map((name) => ready(all, `${name}-`)));
    expect(Math.max(...deployments.map((object) => written(all, object)))).toBeLessThan(firstReady);
  });

  it("has the documented outputs", async () => {
    const { output } = await checkout.run("pulumi", "stack", "output", "--json");
    const domain = "iot-verification.svc.cluster.local";
    expect(JSON.parse(output)).toEqual({
      namespace: "iot-verification",
      gatewayUrl: `http://api-gateway.${domain}`,
      verificationUrls: Object.fromEntries(
        standards.map(({ id }) => [id, `http://${id}-verification.${domain}:8080`]),
      ),
      databaseEndpoint: `postgresql.${domain}:5432`,
      cacheEndpoint: `redis.${domain}:6379`,
      objectStorage: { endpoint: `http://object-storage.${domain}:9000`, bucket: "backups" },
      prometheusUrl: `http://prometheus.${domain}:9090`,
      alertmanagerUrl: `http://alertmanager.${domain}:9093`,
      grafanaUrl: `http://grafana.${domain}:3000`,
      jaegerUrl: `http://jaeger.${domain}:16686`,
      elasticsearchUrl: `https://elasticsearch.${domain}:9200`,
      kibanaUrl: `https://kibana.${domain}:5601`,
      credentialSecrets: {
        database: "database-credentials",
        cache: "redis-credentials",
        objectStorage: "object-storage-credentials",
        gateway: "api-credentials",
        metrics: "metrics-credentials",
        grafana: "grafana-credentials",
        elasticsearch: "elasticsearch-credentials",
      },
    });
  });

  it("changes nothing the second time", async () => {
    const again = await changesOfUp(checkout);
    expect(changedByPulumi(again)).toEqual([]);
    const { code, output } = await checkout.run("pulumi", "preview", "--expect-no-changes");
    expect(code, output).toBe(0);
  });

  it("leaves tracked files alone", () => {
    const status = execFileSync("git", ["status", "--porcelain"], {
      cwd: checkout.directory,
      encoding: "utf8",
    });
    expect(
      status
        .split("\n")
        .filter((line) => !line.startsWith("A  ") && line !== "" && !line.includes("node_modules")),
    ).toEqual([]);
  });

  it("rolls exactly one Deployment for a changed image", async () => {
    checkout.edit(
      "Pulumi.dev.yaml",
      "  iot-verification:settings:",
      "  iot-verification:images:\n    overrides: { tsn-verification: ghcr.io/iot-verification/tsn-verification:0.1.1 }\n  iot-verification:settings:",
    );
    expect(changedByPulumi(await changesOfUp(checkout))).toEqual(["deployments/tsn-verification"]);
  });

  it("migrates anew for a changed image of the migrations, with every workload standing", async () => {
    checkout.edit(
      "Pulumi.dev.yaml",
      "overrides: { tsn-verification",
      "overrides: { database-migrations: ghcr.io/iot-verification/database-migrations:0.1.1, tsn-verification",
    );
    const all = (await changesOfUp(checkout)).filter(({ byPulumi }) => byPulumi);
    const job = expect.stringMatching(/^jobs\/database-migrations-[0-9a-f]{8}$/);
    // Server-side apply makes the next one, and the last one goes when it has succeeded.
    const [made, removed] = all.map(({ object }) => object);
    expect(all.map(({ verb }) => verb)).toEqual(["patch", "delete"]);
    expect([made, removed]).toEqual([job, job]);
    expect(made).not.toBe(removed);
  });

  it("rolls exactly the readers of a changed setting", async () => {
    checkout.edit("Pulumi.dev.yaml", "    logLevel: debug", "    logLevel: debug\n    coqVersion: 8.16.1");
    const verifiers = deployments.filter((name) => name.includes("verification"));
    expect(changedByPulumi(await changesOfUp(checkout))).toEqual(
      ["configmaps/platform-settings", ...verifiers].sort(),
    );
  });

  it("changes a password in the database before its readers roll", async () => {
    const before = secretValues(checkout, "database-credentials");
    checkout.edit(
      "Pulumi.dev.yaml",
      "  iot-verification:settings:",
      "  iot-verification:rotation: { database: 2 }\n  iot-verification:settings:",
    );
    const all = await changesOfUp(checkout);
    expect(changedByPulumi(all)).toEqual(
      [
        "secrets/postgresql-accepted-credentials",
        "statefulsets/postgresql",
        "secrets/database-credentials",
        ...deployments,
      ].sort(),
    );
    const order = [
      written(all, "secrets/postgresql-accepted-credentials"),
      written(all, "statefulsets/postgresql"),
      ready(all, "postgresql-0"),
      written(all, "secrets/database-credentials"),
      Math.min(...deployments.map((object) => written(all, object))),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    const after = secretValues(checkout, "database-credentials");
    expect(after.password).not.toBe(before.password);
    expect(after.username).not.toBe(before.username);
  });

  it.each([
    [
      "an unknown key",
      "  iot-verification:gatway: { replicas: 2 }",
      "iot-verification:gatway: is not a known key; did you mean gateway?",
    ],
    [
      "a value out of bounds",
      "  iot-verification:rotation: { redis: 0 }",
      "iot-verification:rotation.redis = 0: must be a whole number",
    ],
    [
      "a secret in plain text",
      "  iot-verification:apiKey: this-is-not-encrypted-at-all",
      "iot-verification:apiKey: is in plain text",
    ],
  ])("refuses %s before anything is changed", async (_, line, message) => {
    const original = checkout.read("Pulumi.dev.yaml");
    const known = changes(checkout).filter(({ byPulumi }) => byPulumi).length;
    // A key may stand only once: the test's takes the place of an earlier one.
    const key = line.split(": {")[0] ?? "";
    const others = original.split("\n").filter((other) => !other.startsWith(`${key}:`));
    checkout.write("Pulumi.dev.yaml", `${others.join("\n")}\n${line}\n`);
    const { code, output } = await checkout.run("up");
    checkout.write("Pulumi.dev.yaml", original);
    expect(code).not.toBe(0);
    expect(output).toContain(message);
    expect(output).not.toContain("this-is-not-encrypted-at-all");
    expect(changes(checkout).filter(({ byPulumi }) => byPulumi)).toHaveLength(known);
  });

  it("keeps secret values out of state, logs and outputs", () => {
    const names = [
      "database-credentials",
      "redis-credentials",
      "api-gateway-accepted-credentials",
      "metrics-credentials",
    ];
    const secretEntries = ["password", "jwt-secret", "api-key", "token"];
    const values = names.flatMap((name) =>
      Object.entries(secretValues(checkout, name)).flatMap(([key, value]) =>
        secretEntries.includes(key) ? [value] : [],
      ),
    );
    expect(values).toHaveLength(5);
    const state = checkout.read(".local/dev/backend/.pulumi/stacks/iot-verification/dev.json");
    for (const value of values) {
      for (const form of [value, Buffer.from(value).toString("base64")]) {
        expect(state.includes(form)).toBe(false);
        expect(checkout.log.includes(form)).toBe(false);
      }
    }
  });

  it("leaves no object and no file behind", async () => {
    const destroyed = await checkout.run("pulumi", "destroy", "--yes");
    expect(destroyed.code, destroyed.output).toBe(0);
    const left = objects(checkout, "namespaces").map(({ metadata }) => metadata.name);
    expect(left).not.toContain("iot-verification");
    expect(
      platformObjects(checkout, "all,configmaps,secrets,persistentvolumeclaims,serviceaccounts").size,
    ).toBe(0);
    const down = await checkout.run("down");
    expect(down.code, down.output).toBe(0);
    expect(checkout.exists(".local")).toBe(false);
  });
});
