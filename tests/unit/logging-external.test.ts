import { expect, test } from "vitest";
import type { LoggingForm } from "../../components/observability/logging/elasticsearch/forms.ts";
import { describeRefusals, problemsOf } from "./config-cases.ts";
import { logging, loginName, withCredentials } from "./logging-fixtures.ts";
import { secretOf, setupFiles } from "./logging-operated.ts";
import { credential } from "./platform.ts";
import { at } from "./shapes.ts";

const form: LoggingForm = {
  kind: "external",
  host: "search.example.com",
  port: 9243,
  authority: "the authority of search.example.com",
  superuser: "admin",
  copies: 2,
};

test("nothing of Elasticsearch runs here, and programs are told of the one elsewhere", async () => {
  const { recording, outputs } = await logging({ form });
  expect(recording.objects().filter((id) => / elasticsearch$|elasticsearch-certificate/.test(id))).toEqual(
    [],
  );
  expect(outputs.elasticsearchUrl).toBe("https://search.example.com:9243");
  expect(secretOf(recording, "elasticsearch-grafana-credentials")).toEqual({
    username: loginName("grafana", "grafana-password"),
    password: "grafana-password",
    host: "search.example.com",
    port: "9243",
    url: "https://search.example.com:9243",
    "ca.crt": "the authority of search.example.com",
  });
  expect(secretOf(recording, "elasticsearch-credentials")).toMatchObject({
    username: "admin",
    password: "elastic-password",
  });
});

test("the Job makes roles and users, and asks for copies of shards", async () => {
  const { recording } = await logging({ form });
  const [job] = recording.ofKind("Job");
  if (!job) throw new Error("there is no Job");
  expect(at(job, "spec.template.spec.initContainers")).toMatchObject([
    {
      name: "users",
      command: ["bash", "/etc/elasticsearch-setup/users.sh"],
      env: [{ name: "PLATFORM", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
    },
  ]);
  const files = setupFiles(recording);
  const roles = Object.keys(files).filter((name) => name.startsWith("role-"));
  expect(roles.sort()).toEqual([
    "role-iot-verification-log_writer.json",
    "role-iot-verification-reader.json",
    "role-iot-verification-statistics_reader.json",
    "role-iot-verification-trace_store.json",
  ]);
  expect(JSON.parse(files["role-iot-verification-log_writer.json"] ?? "")).toEqual({
    cluster: ["monitor"],
    indices: [{ names: ["logs-iot_verification-*"], privileges: ["auto_configure", "create_doc"] }],
  });
  expect(JSON.parse(files["logs-template.json"] ?? "")).toMatchObject({
    template: { settings: { "index.number_of_replicas": 2 } },
  });
  const users = secretOf(recording, "elasticsearch-users");
  expect(JSON.parse(users[loginName("kibana", "kibana-password")] ?? "")).toEqual({
    password: "kibana-password",
    roles: ["kibana_system"],
    metadata: { platform: "place" },
  });
  expect(JSON.parse(users[loginName("logstash", "logstash-password")] ?? "")).toMatchObject({
    roles: ["iot-verification-log_writer"],
  });
});

test("a rotated login is another Job, which has the one before as well", async () => {
  const changed = withCredentials({ jaeger: credential("new-password", "jaeger-password") });
  const [before, after] = [await logging({ form }), await logging({ form, ...changed })];
  const nameOf = ({ recording }: typeof before) =>
    recording.ofKind("Job").map((job) => at(job, "metadata.name"));
  expect(nameOf(after)).not.toEqual(nameOf(before));
  const users = Object.keys(secretOf(after.recording, "elasticsearch-users"));
  expect(users).toContain(loginName("jaeger", "new-password"));
  expect(users).toContain(loginName("jaeger", "jaeger-password"));
});

test("Kibana judges it by its own authority", async () => {
  const { recording } = await logging({ form });
  const settings = secretOf(recording, "kibana-settings");
  expect(settings["ca.crt"]).toBe("the authority of search.example.com");
  expect(JSON.parse(settings["credentials.yml"] ?? "")).toMatchObject({
    "elasticsearch.hosts": ["https://search.example.com:9243"],
    "elasticsearch.ssl.certificateAuthorities": ["/run/secrets/settings/ca.crt"],
  });
});

test("what an external Elasticsearch needs is asked for, all at once", () => {
  expect(problemsOf({ logging: { form: "external" } }).map(({ key }) => key)).toEqual([
    "logging.external.url",
    "logging.external.authority",
    "elasticPassword",
  ]);
});

const images = { images: { kibana: "registry.test/kibana:9.4.2" } };
const s3 = {
  endpoint: "https://s3.test",
  authority: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
};

describeRefusals("what an operator cannot run", [
  [
    "programs of several versions",
    { logging: { form: "operator" }, ...images },
    "images.kibana",
    '"registry.test/kibana:9.4.2"',
    "must be of the version of images.elasticsearch, 9.4.3, as logging.form is operator",
  ],
]);

test("snapshots to a store of a private authority are refused, and can be left out", () => {
  const config = (store: string) => ({
    logging: { form: "operator", elasticsearch: { snapshots: { store } } },
    objectStorage: { engine: "external", external: s3 },
    objectStorageAccessKeyId: "key-id",
    objectStorageSecretAccessKey: "a-secret-access-key",
  });
  const secrets = ["objectStorageAccessKeyId", "objectStorageSecretAccessKey"];
  const keys = (store: string) => problemsOf(config(store), secrets).map(({ key }) => key);
  expect(keys("object-storage")).toEqual(["logging.elasticsearch.snapshots.store"]);
  expect(keys("none")).toEqual([]);
});
