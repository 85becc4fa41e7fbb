import { pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { logging, loggingArgs, loginName, withCredentials } from "./logging-fixtures.ts";
import { type Recording, Secret } from "./mocks.ts";
import { credential } from "./platform.ts";
import { annotationsOf, at } from "./shapes.ts";

type Fields = Record<string, unknown>;

const hardened = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

function fileOf(recording: Recording, configMap: string, name: string): string {
  const data = recording.object("ConfigMap", configMap).inputs.data as Record<string, string>;
  return data[name] ?? "";
}

/** The files of the Job: its ConfigMap's name has a checksum. */
function setupFiles(recording: Recording): Record<string, string> {
  const found = recording
    .ofKind("ConfigMap")
    .find(({ inputs }) => (inputs.metadata as { name: string }).name.startsWith("elasticsearch-setup-"));
  if (!found) throw new Error("there is no ConfigMap of the setup");
  return found.inputs.data as Record<string, string>;
}

function secretOf(recording: Recording, name: string): Record<string, string> {
  const { stringData } = recording.object("Secret", name).inputs;
  if (!(stringData instanceof Secret)) throw new Error(`${name} is no secret to Pulumi`);
  return stringData.value as Record<string, string>;
}

test("the pod: its configuration is laid out where it may write, and nothing else is writable", async () => {
  const { recording } = await logging();
  const spec = at(recording.object("StatefulSet", "elasticsearch"), "spec.template.spec") as Fields;
  const [prepare] = spec.initContainers as Fields[];
  expect(prepare).toMatchObject({
    command: ["sh", "/etc/elasticsearch/prepare.sh"],
    securityContext: hardened,
    env: [
      { name: "ES_PATH_CONF", value: "/run/elasticsearch" },
      {
        name: "USERS_REVISION",
        valueFrom: {
          fieldRef: { fieldPath: "metadata.annotations['iot-verification.dev/users-revision']" },
        },
      },
    ],
    volumeMounts: [
      { name: "configuration", mountPath: "/etc/elasticsearch", readOnly: true },
      { name: "users", mountPath: "/run/secrets/users", readOnly: true },
      { name: "laid-out", mountPath: "/run/elasticsearch" },
    ],
  });
  expect(spec.containers).toEqual([
    {
      name: "elasticsearch",
      image: "registry.test/elasticsearch:9.4.3",
      imagePullPolicy: "Always",
      env: [{ name: "ES_PATH_CONF", value: "/run/elasticsearch" }],
      ports: [
        { name: "https", containerPort: 9200, protocol: "TCP" },
        { name: "readiness", containerPort: 9399, protocol: "TCP" },
      ],
      resources: {
        requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "576Mi" },
        limits: { cpu: "1", memory: "2Gi", "ephemeral-storage": "576Mi" },
      },
      volumeMounts: [
        { name: "data", mountPath: "/usr/share/elasticsearch/data" },
        { name: "certificate", mountPath: "/run/elasticsearch/certs", readOnly: true },
        { name: "laid-out", mountPath: "/run/elasticsearch" },
        { name: "logs", mountPath: "/usr/share/elasticsearch/logs" },
        { name: "tmp", mountPath: "/tmp" },
      ],
      startupProbe: { tcpSocket: { port: "https" }, periodSeconds: 5, failureThreshold: 120 },
      readinessProbe: { tcpSocket: { port: "readiness" }, periodSeconds: 5, timeoutSeconds: 3 },
      livenessProbe: {
        tcpSocket: { port: "https" },
        periodSeconds: 20,
        timeoutSeconds: 5,
        failureThreshold: 6,
      },
      securityContext: hardened,
    },
  ]);
  expect(spec).toMatchObject({
    terminationGracePeriodSeconds: 120,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
  });
  // The configuration has password hashes: it is never on a disk.
  expect(spec.volumes).toContainEqual({
    name: "laid-out",
    emptyDir: { sizeLimit: "16Mi", medium: "Memory" },
  });
});

test("the settings that other things rely on", async () => {
  const { recording } = await logging();
  const settings = parse(fileOf(recording, "elasticsearch-configuration", "elasticsearch.yml")) as Fields;
  expect(settings).toMatchObject({
    "discovery.type": "single-node",
    "http.host": "0.0.0.0",
    "readiness.port": 9399,
    "path.data": "/usr/share/elasticsearch/data",
    "path.logs": "/usr/share/elasticsearch/logs",
    "node.store.allow_mmap": false,
    "xpack.security.enabled": true,
    "xpack.security.autoconfiguration.enabled": false,
    "xpack.security.authc.reserved_realm.enabled": false,
    "xpack.security.http.ssl.enabled": true,
    "xpack.security.http.ssl.certificate": "certs/tls.crt",
    "xpack.security.http.ssl.key": "certs/tls.key",
    "xpack.ml.enabled": false,
  });
});

test.each([
  ["1280Mi", "512m"],
  ["1536Mi", "768m"],
  ["3Gi", "1536m"],
  ["128Gi", "31744m"],
])("of %s of memory, %s are heap", async (memory, heap) => {
  const { elasticsearch } = loggingArgs();
  const { recording } = await logging({
    elasticsearch: {
      ...elasticsearch,
      resources: { ...elasticsearch.resources, limits: { cpu: "1", memory } },
    },
  });
  expect(fileOf(recording, "elasticsearch-configuration", "memory.options").split("\n")).toEqual([
    `-Xms${heap}`,
    `-Xmx${heap}`,
    "-XX:-HeapDumpOnOutOfMemoryError",
    "-Xlog:disable",
    "-Xlog:all=warning:stderr:utctime,level,tags",
    "",
  ]);
});

/** Verifies a hash as Elasticsearch does (`Hasher.verifyPbkdf2Hash`). */
function accepts(line: string, password: string): boolean {
  const [, iterations, salt, key] = /^[^:]+:\{PBKDF2\}(\d+)\$([^$]+)\$([^$]+)$/.exec(line) ?? [];
  const computed = pbkdf2Sync(password, Buffer.from(salt ?? "", "base64"), Number(iterations), 32, "sha512");
  return computed.toString("base64") === key;
}

test("each user has its password and its role", async () => {
  const { recording } = await logging();
  const { users = "", users_roles } = secretOf(recording, "elasticsearch-users");
  const names = ["kibana", "logstash", "jaeger", "grafana", "exporter"].map((client) =>
    loginName(client, `${client}-password`),
  );
  const [kibana, logstash, jaeger, grafana, exporter] = names;
  expect(users_roles).toBe(
    [
      "superuser:elastic",
      `kibana_system:${kibana}`,
      `log_writer:${logstash}`,
      `trace_store:${jaeger}`,
      `reader:${grafana}`,
      `statistics_reader:${exporter}`,
      "",
    ].join("\n"),
  );
  const lines = users.trimEnd().split("\n");
  expect(lines.map((line) => line.split(":")[0])).toEqual(["elastic", ...names]);
  expect(accepts(lines[0] ?? "", "elastic-password")).toBe(true);
  expect(accepts(lines[3] ?? "", "jaeger-password")).toBe(true);
  expect(accepts(lines[3] ?? "", "elastic-password")).toBe(false);
  const salts = new Set(lines.map((line) => line.split("$")[1]));
  expect(salts.size).toBe(lines.length);
});

test("every role that users have is written down, or built in", async () => {
  const { recording } = await logging();
  const written = parse(fileOf(recording, "elasticsearch-configuration", "roles.yml")) as Record<
    string,
    { cluster: string[]; indices: { names: string[]; privileges: string[] }[] }
  >;
  expect(written).toEqual({
    log_writer: {
      cluster: ["monitor"],
      indices: [{ names: ["logs-iot_verification-*"], privileges: ["auto_configure", "create_doc"] }],
    },
    trace_store: {
      cluster: ["monitor", "manage_index_templates", "read_ilm"],
      indices: [{ names: ["jaeger-*"], privileges: ["all"] }],
    },
    reader: {
      cluster: ["monitor"],
      indices: [
        { names: ["logs-iot_verification-*", "jaeger-*"], privileges: ["read", "view_index_metadata"] },
      ],
    },
    statistics_reader: { cluster: ["monitor"], indices: [{ names: ["*"], privileges: ["monitor"] }] },
  });
});

test("nothing changes between two runs", async () => {
  const [one, other] = [await logging(), await logging()];
  expect(one.recording.asked).toEqual(other.recording.asked);
});

test("a rotated login is accepted beside the one before, and rolls the server", async () => {
  const rotated = await logging(withCredentials({ jaeger: credential("new-password", "jaeger-password") }));
  const { users = "", users_roles } = secretOf(rotated.recording, "elasticsearch-users");
  const [now, before] = [loginName("jaeger", "new-password"), loginName("jaeger", "jaeger-password")];
  expect(users_roles).toContain(`trace_store:${now}\ntrace_store:${before}\n`);
  expect(accepts(users.split("\n").find((line) => line.startsWith(now)) ?? "", "new-password")).toBe(true);
  expect(secretOf(rotated.recording, "elasticsearch-jaeger-credentials").username).toBe(now);
  const revisionIn = (recording: Recording) =>
    annotationsOf(recording.object("StatefulSet", "elasticsearch"))["iot-verification.dev/users-revision"];
  expect(revisionIn(rotated.recording)).not.toBe(revisionIn((await logging()).recording));
  expect(revisionIn(rotated.recording)).toBe(secretOf(rotated.recording, "elasticsearch-users").revision);
});

test("indices are closed by size and age, and deleted by age", async () => {
  const files = setupFiles((await logging()).recording);
  const policyOf = (days: number) => ({
    policy: {
      phases: {
        hot: {
          min_age: "0ms",
          actions: { rollover: { max_primary_shard_size: "2147483648b", max_age: "1d" } },
        },
        delete: { min_age: `${days}d`, actions: { delete: {} } },
      },
    },
  });
  expect(JSON.parse(files["logs-policy.json"] ?? "")).toEqual(policyOf(14));
  expect(JSON.parse(files["traces-policy.json"] ?? "")).toEqual(policyOf(7));
});

test("the template of the logs is for their stream, has their policy, and maps nothing by itself", async () => {
  const files = setupFiles((await logging()).recording);
  const template = JSON.parse(files["logs-template.json"] ?? "") as Fields;
  expect(template).toMatchObject({
    index_patterns: ["logs-iot_verification-*"],
    data_stream: {},
    priority: 500,
    template: {
      settings: {
        "index.lifecycle.name": "iot-verification-logs",
        "index.number_of_shards": 1,
        "index.number_of_replicas": 0,
      },
      mappings: { dynamic: false, properties: { line: { type: "object", enabled: false } } },
    },
  });
});

test("every field that is taken out of a line is mapped", async () => {
  const file = new URL("../../components/observability/logging/logstash/fields.rb", import.meta.url);
  const taken = [...readFileSync(file, "utf8").matchAll(/"(\[[a-z_[\]@]+\])", [A-Z]+\]/g)].map(
    ([, field]) => field ?? "",
  );
  expect(taken.length).toBeGreaterThan(20);
  const { template } = JSON.parse(setupFiles((await logging()).recording)["logs-template.json"] ?? "") as {
    template: { mappings: Fields };
  };
  const searched = taken.filter((field) => !field.startsWith("[@metadata]"));
  const unmapped = searched.filter((field) => {
    const steps = field.slice(1, -1).split("][");
    const found = steps.reduce<Fields | undefined>(
      (place, step) => (place?.properties as Record<string, Fields> | undefined)?.[step],
      template.mappings,
    );
    return found?.type === undefined;
  });
  expect(unmapped).toEqual([]);
});

test("the Job is another one when its content is, and the same whatever the passwords are", async () => {
  const nameOf = async (changes: Parameters<typeof logging>[0]) => {
    const { recording } = await logging(changes);
    return recording.ofKind("Job").map((job) => at(job, "metadata.name"))[0];
  };
  const { elasticsearch } = loggingArgs();
  const name = await nameOf({});
  expect(await nameOf(withCredentials({ elastic: credential("another-password") }))).toBe(name);
  const longer = { ...elasticsearch, logs: { ...elasticsearch.logs, days: 15 } };
  expect(await nameOf({ elasticsearch: longer })).not.toBe(name);
  const image = "registry.test/elasticsearch:9.5.0";
  expect(await nameOf({ elasticsearch: { ...elasticsearch, image } })).not.toBe(name);
});

test("no password is in what the Job runs or is told in plain", async () => {
  const { recording } = await logging();
  const [job] = recording.ofKind("Job");
  expect(JSON.stringify([job?.inputs, setupFiles(recording)])).not.toContain("elastic-password");
  const script = setupFiles(recording)["setup.sh"] ?? "";
  expect(script).toContain("--config <(login) --cacert $secrets/ca.crt");
  expect(script).not.toMatch(/--insecure|-k |--user/);
});
