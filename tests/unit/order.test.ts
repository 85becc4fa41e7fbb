import { describe, expect, test } from "vitest";
import { standards } from "../../components/contract/standards.ts";
import { type Asked, gate, objectName } from "./mocks.ts";
import { startProgram } from "./program.ts";

const migrations = "Job database-migrations";
const own = ["api-gateway", ...standards.map(({ id }) => `${id}-verification`)];
const serviceObjects = own.flatMap((name) => [`Deployment ${name}`, `HorizontalPodAutoscaler ${name}`]);
const backups = ["CronJob database-backup", "CronJob database-restore"];
/** What callers and scrapers get once the services accept it. */
const published = ["Secret api-credentials", "Secret metrics-credentials"];
const clientSecrets = (...clients: readonly string[]) =>
  clients.map((client) => `Secret elasticsearch-${client}-credentials`);
/** Who writes what can be searched, and what people get: once Elasticsearch is prepared for it. */
const prepared = [
  "Deployment logstash",
  "Deployment jaeger",
  ...clientSecrets("logstash", "jaeger"),
  "Secret elasticsearch-credentials",
];
/** Who reads it: once Elasticsearch accepts the login. */
const readers = [
  "Deployment kibana",
  "Deployment elasticsearch-exporter",
  "StatefulSet grafana",
  ...clientSecrets("kibana", "grafana", "exporter"),
  "Secret kibana-settings",
  "Secret grafana-credentials",
];

/** Runs the program while what `holds` names does not become ready; returns what is asked for by then, and only then. */
async function whileHeld(holds: (asked: Asked) => boolean) {
  const closed = gate(holds);
  const { recording, outputs, settled } = await startProgram({ gate: closed });
  await settled();
  const count = recording.asked.length;
  closed.open();
  await outputs;
  expect(recording.asked.length).toBeGreaterThan(200);
  const after = recording.asked.slice(count);
  return {
    held: recording.objects(recording.asked.slice(0, count)),
    after: recording.objects(after),
    resources: after,
  };
}

function isObject(...objects: readonly string[]) {
  return ({ inputs }: Asked) => objects.includes(`${inputs.kind} ${objectName(inputs)}`);
}

describe("while a server is not ready, its readers wait and nothing else does", () => {
  const database = [
    migrations,
    "Secret database-credentials",
    "Secret database-monitoring-credentials",
    "Deployment postgresql-exporter",
    ...backups,
  ];
  const cache = [
    "Secret redis-credentials",
    "Secret redis-monitoring-credentials",
    "Deployment redis-exporter",
  ];
  const buckets = ["Job object-storage-buckets", "Secret object-storage-credentials", ...backups];

  test.each<[string, readonly string[]]>([
    ["StatefulSet postgresql", [...serviceObjects, ...published, ...database]],
    ["StatefulSet redis", [...serviceObjects, ...published, ...cache]],
    ["StatefulSet object-storage", buckets],
    [
      "StatefulSet elasticsearch",
      [...prepared, ...readers, "Job elasticsearch-setup", "Secret elasticsearch-setup-credentials"],
    ],
    ["StatefulSet grafana", ["Secret grafana-credentials"]],
    ["Deployment logstash", []],
    ["Deployment kibana", ["Secret elasticsearch-credentials"]],
  ])("%s", async (server, waiting) => {
    const { after } = await whileHeld(isObject(server));
    expect(after).toEqual([...waiting].sort());
  });
});

test("nothing waits for who only watches, or for what is done from time to time", async () => {
  const { after } = await whileHeld(
    isObject(
      "StatefulSet prometheus",
      "StatefulSet alertmanager",
      "Deployment blackbox-exporter",
      "Deployment kube-state-metrics",
      "Deployment postgresql-exporter",
      "Deployment redis-exporter",
      "Deployment elasticsearch-exporter",
      "Deployment jaeger",
      "DaemonSet filebeat",
      ...backups,
    ),
  );
  expect(after).toEqual([]);
});

test("nothing waits for policies, quotas, budgets and autoscalers", async () => {
  const kinds = [
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
  ];
  const { after } = await whileHeld(({ inputs }) => kinds.includes(String(inputs.kind)));
  expect(after).toEqual([]);
});

test("nothing outside observability waits for anything in it", async () => {
  const isObservability = ({ name }: Asked) => /^(observability|logging)/.test(name);
  const { resources } = await whileHeld((asked) => asked.custom && isObservability(asked));
  expect(resources.length).toBeGreaterThan(30);
  expect(resources.filter((asked) => !isObservability(asked)).map(({ name }) => name)).toEqual([]);
});

test("Prometheus waits for its configuration and its rights, and for no server", async () => {
  const { held } = await whileHeld(
    ({ inputs }) =>
      ["Deployment", "DaemonSet", "Job"].includes(String(inputs.kind)) ||
      (inputs.kind === "StatefulSet" && objectName(inputs) !== "prometheus"),
  );
  expect(held).toContain("StatefulSet prometheus");
  const { after } = await whileHeld(isObject("ClusterRoleBinding iot-verification:prometheus"));
  expect(after).toEqual(["StatefulSet prometheus"]);
});

test("the servers of data do not wait for each other", async () => {
  const servers = ["postgresql", "redis", "object-storage", "elasticsearch"];
  const { held } = await whileHeld(({ inputs }) => inputs.kind === "StatefulSet");
  expect(held).toEqual(expect.arrayContaining(servers.map((name) => `StatefulSet ${name}`)));
});

describe("a server waits for what it needs, and the other one does not", () => {
  const needs = [
    ["ConfigMap", "-configuration"],
    ["Secret", "-accepted-credentials"],
    ["ServiceAccount", ""],
    ["Service", "-pods"],
  ] as const;

  test.each(
    needs.flatMap(([kind, suffix]) => [
      [`${kind} postgresql${suffix}`, "postgresql", "redis"],
      [`${kind} redis${suffix}`, "redis", "postgresql"],
    ]),
  )("%s", async (need, server, other) => {
    const { held, after } = await whileHeld(isObject(need));
    expect(after).toContain(`StatefulSet ${server}`);
    expect(held).toContain(`StatefulSet ${other}`);
  });
});

test("a server never waits for the Secret of its readers, which it mounts", async () => {
  const { held } = await whileHeld(
    ({ inputs }) => inputs.kind === "Secret" && String(inputs.type).startsWith("servicebinding.io/"),
  );
  expect(held).toEqual(expect.arrayContaining(["StatefulSet postgresql", "StatefulSet redis"]));
});

test("a database does not wait for the Service of its clients", async () => {
  const { held } = await whileHeld(isObject("Service postgresql"));
  expect(held).toContain("StatefulSet postgresql");
});

test("the gateway and the verifiers wait for the schema of the database", async () => {
  const { after } = await whileHeld(isObject("Job database-migrations"));
  expect(after).toEqual([...serviceObjects, ...published].sort());
});

test("who writes to Elasticsearch waits until it is prepared for that, and nothing else does", async () => {
  const { after } = await whileHeld(isObject("Job elasticsearch-setup"));
  expect(after).toEqual([...prepared].sort());
});

test("backups wait for the bucket that they go to", async () => {
  const { after } = await whileHeld(isObject("Job object-storage-buckets"));
  expect(after).toEqual([...backups, "Secret object-storage-credentials"].sort());
});

test("the gateway and the verifiers do not wait for each other; what is published waits for them", async () => {
  const { after } = await whileHeld(isObject(...own.map((name) => `Deployment ${name}`)));
  expect(after).toEqual([...own.map((name) => `HorizontalPodAutoscaler ${name}`), ...published].sort());
});

describe("a credential is published once all that check it are available, and not before", () => {
  test("the key of the API: the gateway", async () => {
    const { after } = await whileHeld(isObject("Deployment api-gateway"));
    expect(after).toEqual(["HorizontalPodAutoscaler api-gateway", ...published]);
  });

  test.each(standards.map(({ id }) => `${id}-verification`))(
    "the token of the metrics: every workload, %s included",
    async (verifier) => {
      const { after } = await whileHeld(isObject(`Deployment ${verifier}`));
      expect(after).toEqual([`HorizontalPodAutoscaler ${verifier}`, "Secret metrics-credentials"]);
    },
  );
});

test("workloads wait for the settings that they read", async () => {
  const { after } = await whileHeld(isObject("ConfigMap platform-settings"));
  const buckets = ["Job object-storage-buckets", "Secret object-storage-credentials"];
  expect(after).toEqual([...serviceObjects, ...published, migrations, ...buckets, ...backups].sort());
});

test("workloads wait for the tokens of their metrics", async () => {
  const { after } = await whileHeld(isObject("Secret metrics-tokens"));
  expect(after).toEqual([...serviceObjects, ...published].sort());
});

test("only the gateway waits for what it has to accept", async () => {
  const { after } = await whileHeld(isObject("Secret api-gateway-accepted-credentials"));
  expect(after).toEqual(["Deployment api-gateway", "HorizontalPodAutoscaler api-gateway", ...published]);
});

describe("everything waits for its namespace, and nothing else does", () => {
  const shipper = [
    "ConfigMap filebeat-configuration",
    "LimitRange iot-verification-logs/capacity",
    "NetworkPolicy filebeat",
    "NetworkPolicy iot-verification-logs/default-deny",
    "ResourceQuota iot-verification-logs/capacity",
    "Secret filebeat-certificate",
    "ServiceAccount filebeat",
  ];

  test("the platform", async () => {
    const { held } = await whileHeld(isObject("Namespace iot-verification"));
    expect(held).toEqual(
      [...shipper, "Namespace iot-verification", "Namespace iot-verification-logs"].sort(),
    );
  });

  test("the shipper of logs, and who is to read of it", async () => {
    const { after } = await whileHeld(isObject("Namespace iot-verification-logs"));
    expect(after).toEqual(
      [
        ...shipper,
        "DaemonSet filebeat",
        ...["Role", "RoleBinding"].flatMap((kind) =>
          ["kube-state-metrics", "prometheus"].map(
            (name) => `${kind} iot-verification-logs/iot-verification:${name}`,
          ),
        ),
        "Deployment kube-state-metrics",
        "StatefulSet prometheus",
      ].sort(),
    );
  });
});

test("outputs come last: the program ends only when everything is ready", async () => {
  const closed = gate(isObject("Deployment wot-verification"));
  const { outputs, settled } = await startProgram({ gate: closed });
  let ended = false;
  const end = outputs.then(() => {
    ended = true;
  });
  await settled();
  expect(ended).toBe(false);
  closed.open();
  await end;
  expect(ended).toBe(true);
});
