import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Storage, type StorageArgs } from "../../components/storage/index.ts";
import { gate, record, secret, start } from "./mocks.ts";
import { credential, revision } from "./platform.ts";
import { annotationsOf, at, containerOf, environmentOf, labels, selector } from "./shapes.ts";
import { external, keyPair, seaweedfs, storageArgs } from "./storage-fixtures.ts";

function program(changes: Partial<StorageArgs> = {}) {
  return () => {
    const { endpoint, region, bucket, credential } = new Storage("storage", storageArgs(changes))
      .objectStorage;
    return { endpoint, region, bucket, secret: credential.secret, entries: credential.entries };
  };
}

const revisionOfKeys = revision(
  JSON.stringify({ "access-key-id": "the-id", "secret-access-key": "the-key" }),
);
const accepted = "object-storage-accepted-credentials";

const fileOf = (name: string) =>
  readFileSync(new URL(`../../components/storage/${name}`, import.meta.url), "utf8");

test("it is a server with a volume, a Job that makes the bucket, and a Secret for users", async () => {
  const { recording, outputs } = await record({ program: program() });
  expect(recording.objects()).toEqual([
    "ConfigMap object-storage-configuration",
    "Job object-storage-buckets",
    "Secret object-storage-accepted-credentials",
    "Secret object-storage-credentials",
    "Service object-storage",
    "ServiceAccount object-storage",
    "ServiceAccount object-storage-buckets",
    "StatefulSet object-storage",
  ]);
  expect(outputs).toEqual({
    endpoint: "http://object-storage.place.svc.cluster.test:9000",
    region: "us-east-1",
    bucket: "backups",
    secret: "object-storage-credentials",
    entries: ["access-key-id", "secret-access-key"],
  });
});

test("the server gets its key pair as files, and settings that its own documentation names", async () => {
  const { recording } = await record({ program: program() });
  const server = recording.object("StatefulSet", "object-storage");
  expect(at(server, "spec.volumeClaimTemplates.0.spec.resources.requests.storage")).toBe("100Gi");
  expect(at(server, "spec.template.spec.securityContext")).toMatchObject({ runAsUser: 1000, fsGroup: 1000 });
  expect(annotationsOf(server)).toMatchObject({ "iot-verification.dev/accepted-revision": revisionOfKeys });
  expect(at(server, "spec.template.spec.volumes")).toEqual([
    { name: "configuration", configMap: { name: "object-storage-configuration", defaultMode: 0o444 } },
    { name: "accepted", secret: { secretName: accepted, defaultMode: 0o440 } },
  ]);
  expect(at(server, "spec.template.spec.containers.0")).toMatchObject({
    name: "versitygw",
    image: "registry.test/versitygw:1.8.0",
    command: ["sh", "/etc/object-storage/await-accepted.sh", "sh", "/etc/object-storage/start.sh"],
    ports: [{ name: "s3", containerPort: 9000, protocol: "TCP" }],
    env: [
      { name: "ACCEPTED", value: "/run/secrets/accepted" },
      { name: "ACCEPTED_REVISION", value: revisionOfKeys },
      { name: "DATA", value: "/data" },
      { name: "VGW_PORT", value: ":9000" },
      { name: "VGW_REGION", value: "us-east-1" },
      { name: "VGW_HEALTH", value: "/_/health" },
      { name: "VGW_KEEP_ALIVE", value: "true" },
      { name: "VGW_QUIET", value: "true" },
      { name: "VGW_METRICS_SERVICE_NAME", value: "object-storage" },
      { name: "VGW_METRICS_STATSD_SERVERS", value: "127.0.0.1:9125" },
    ],
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "configuration", mountPath: "/etc/object-storage", readOnly: true },
      { name: "accepted", mountPath: "/run/secrets/accepted", readOnly: true },
    ],
    readinessProbe: { httpGet: { path: "/_/health", port: "s3" } },
    livenessProbe: { tcpSocket: { port: "s3" } },
  });
  expect(at(recording.object("ConfigMap", "object-storage-configuration"), "data")).toEqual({
    "await-accepted.sh": fileOf("await-accepted.sh"),
    "start.sh": fileOf("start.sh"),
    "metrics.yaml": fileOf("metrics.yaml"),
  });
  expect(at(recording.object("Secret", accepted), "stringData")).toEqual(
    secret({ "access-key-id": "the-id", "secret-access-key": "the-key", revision: revisionOfKeys }),
  );
});

test("its metrics come from a container beside it that has neither its volume nor its key pair", async () => {
  const { recording } = await record({ program: program() });
  const exporter = at(recording.object("StatefulSet", "object-storage"), "spec.template.spec.containers.1");
  expect(exporter).toMatchObject({
    name: "statsd-exporter",
    image: "registry.test/statsd-exporter:0.28.0",
    args: [
      "--statsd.mapping-config=/etc/object-storage/metrics.yaml",
      "--statsd.listen-udp=127.0.0.1:9125",
      "--statsd.listen-tcp=",
      "--web.listen-address=:9102",
    ],
    ports: [{ name: "metrics", containerPort: 9102, protocol: "TCP" }],
    volumeMounts: [{ name: "configuration", mountPath: "/etc/object-storage", readOnly: true }],
  });
  expect(exporter).not.toHaveProperty("volumes");
  expect(at(recording.object("Service", "object-storage"), "spec")).toEqual({
    clusterIP: "None",
    selector: selector("object-storage"),
    ports: [{ name: "s3", port: 9000, targetPort: "s3", protocol: "TCP" }],
  });
});

test("the Job makes the bucket with the key pair that the server accepts", async () => {
  const { recording } = await record({ program: program() });
  const job = recording.object("Job", "object-storage-buckets");
  expect(at(job, "metadata.name")).toMatch(/^object-storage-buckets-[0-9a-f]{8}$/);
  expect(at(job, "metadata.labels")).toEqual(labels("object-storage-buckets", "object-storage"));
  expect(at(job, "spec")).toMatchObject({ backoffLimit: 5, activeDeadlineSeconds: 1800 });
  expect(containerOf(job)).toMatchObject({
    image: "registry.test/object-storage:1.0",
    args: ["ensure-buckets"],
    volumeMounts: [{ name: "object-storage", mountPath: "/run/secrets/object-storage", readOnly: true }],
  });
  const setting = (key: string) => ({ configMapKeyRef: { name: "platform-settings", key } });
  expect(environmentOf(job)).toEqual({
    SERVICE_NAME: "object-storage-buckets",
    NODE_OPTIONS: "--max-old-space-size=128",
    LOG_LEVEL: setting("LOG_LEVEL"),
    LOG_FORMAT: setting("LOG_FORMAT"),
    OTEL_EXPORTER_OTLP_ENDPOINT: "",
    OBJECT_STORAGE_ENDPOINT: "http://object-storage.place.svc.cluster.test:9000",
    OBJECT_STORAGE_REGION: "us-east-1",
    OBJECT_STORAGE_BUCKET: "backups",
    OBJECT_STORAGE_ACCESS_KEY_ID_FILE: "/run/secrets/object-storage/access-key-id",
    OBJECT_STORAGE_SECRET_ACCESS_KEY_FILE: "/run/secrets/object-storage/secret-access-key",
  });
  expect(at(job, "spec.template.spec.volumes.0.secret.secretName")).toBe(accepted);
});

test.each([
  ["another key", { keyPair: { ...keyPair, secret: credential("another-key") } }],
  ["another bucket", { bucket: "another" }],
  ["another address", { engine: external }],
])("%s is another Job", async (_what, changes) => {
  const nameWith = async (args: Partial<StorageArgs>) => {
    const { recording } = await record({ program: program(args) });
    return at(recording.object("Job", "object-storage-buckets"), "metadata.name");
  };
  expect(await nameWith(changes)).not.toBe(await nameWith({}));
});

test("the Job waits for the server, and the Secret for users for the Job", async () => {
  for (const [kind, missing] of [
    ["StatefulSet", ["Job object-storage-buckets", "Secret object-storage-credentials"]],
    ["Job", ["Secret object-storage-credentials"]],
  ] as const) {
    const closed = gate(({ inputs }) => inputs.kind === kind);
    const { recording, outputs, settled } = await start({ program: program(), gate: closed });
    await settled();
    const early = recording.objects();
    closed.open();
    await outputs;
    expect(recording.objects().filter((object) => !early.includes(object))).toEqual(missing);
  }
});

test("a store elsewhere needs no server; its authority goes to users as a file that Node.js reads", async () => {
  const { recording, outputs } = await record({ program: program({ engine: external }) });
  expect(recording.objects()).toEqual([
    "Job object-storage-buckets",
    "Secret object-storage-accepted-credentials",
    "Secret object-storage-credentials",
    "ServiceAccount object-storage-buckets",
  ]);
  expect(outputs).toMatchObject({
    endpoint: "https://s3.example.com",
    entries: ["access-key-id", "secret-access-key", "ca.crt"],
  });
  expect(environmentOf(recording.object("Job", "object-storage-buckets"))).toMatchObject({
    NODE_EXTRA_CA_CERTS: "/run/secrets/object-storage/ca.crt",
  });
  expect(at(recording.object("Secret", "object-storage-credentials"), "stringData")).toEqual(
    secret({
      type: "s3",
      endpoint: "https://s3.example.com",
      region: "us-east-1",
      bucket: "backups",
      "access-key-id": "the-id",
      "secret-access-key": "the-key",
      "ca.crt": "-----BEGIN CERTIFICATE-----",
    }),
  );
});

test("SeaweedFS gets the key pair in its own form, and serves its metrics itself", async () => {
  const { recording, outputs } = await record({ program: program({ engine: seaweedfs }) });
  expect(outputs).toMatchObject({ endpoint: "http://object-storage.place.svc.cluster.test:9000" });
  const identities = {
    identities: [
      {
        name: "the-id",
        credentials: [{ accessKey: "the-id", secretKey: "the-key" }],
        actions: ["Admin", "Read", "List", "Tagging", "Write"],
      },
    ],
  };
  expect(at(recording.object("Secret", accepted), "stringData")).toEqual(
    secret({
      "access-key-id": "the-id",
      "secret-access-key": "the-key",
      "identities.json": JSON.stringify(identities),
      revision: revisionOfKeys,
    }),
  );
  const server = recording.object("StatefulSet", "object-storage");
  expect(annotationsOf(server)).toMatchObject({ "iot-verification.dev/accepted-revision": revisionOfKeys });
  expect(at(recording.object("ConfigMap", "object-storage-configuration"), "data")).toEqual({
    "await-accepted.sh": fileOf("await-accepted.sh"),
  });
  expect(containerOf(server)).toMatchObject({
    image: "registry.test/seaweedfs:4.44",
    command: ["sh", "/etc/object-storage/await-accepted.sh", "weed"],
    env: [
      { name: "ACCEPTED", value: "/run/secrets/accepted" },
      { name: "ACCEPTED_REVISION", value: revisionOfKeys },
    ],
    ports: [
      { name: "s3", containerPort: 9000, protocol: "TCP" },
      { name: "metrics", containerPort: 9102, protocol: "TCP" },
    ],
  });
  expect(at(server, "spec.template.spec.volumes.1.secret")).toEqual({
    secretName: accepted,
    defaultMode: 0o440,
    items: [
      { key: "identities.json", path: "identities.json" },
      { key: "revision", path: "revision" },
    ],
  });
});
