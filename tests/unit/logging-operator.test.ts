import { Beat } from "@kubernetes-models/elastic-cloud/beat.k8s.elastic.co/v1beta1/Beat";
import { Elasticsearch } from "@kubernetes-models/elastic-cloud/elasticsearch.k8s.elastic.co/v1/Elasticsearch";
import { Kibana } from "@kubernetes-models/elastic-cloud/kibana.k8s.elastic.co/v1/Kibana";
import { Logstash } from "@kubernetes-models/elastic-cloud/logstash.k8s.elastic.co/v1alpha1/Logstash";
import { beforeAll, describe, expect, test } from "vitest";
import { logging, loginName } from "./logging-fixtures.ts";
import { operated, secretOf, setupFiles } from "./logging-operated.ts";
import type { Asked, Recording } from "./mocks.ts";
import { expectValid } from "./models.ts";
import { at } from "./shapes.ts";

function annotationOf(asked: Asked, name: string): unknown {
  return (at(asked, "metadata.annotations") as Record<string, unknown>)[name];
}

describe("with an operator", () => {
  let recording: Recording;
  let outputs: Record<string, unknown>;
  beforeAll(async () => {
    ({ recording, outputs } = await logging(operated));
  });

  test("all four programs are resources that are valid by the models of their kinds", () => {
    expectValid(Elasticsearch, recording.object("Elasticsearch", "elasticsearch").inputs);
    expectValid(Kibana, recording.object("Kibana", "kibana").inputs);
    expectValid(Logstash, recording.object("Logstash", "logstash").inputs);
    expectValid(Beat, recording.object("Beat", "filebeat").inputs);
    const made = ["Deployment", "StatefulSet", "DaemonSet"].flatMap((kind) => recording.ofKind(kind));
    expect(made).toEqual([]);
  });

  test("Elasticsearch is over zones, keeps its volumes, and is awaited", () => {
    const elasticsearch = recording.object("Elasticsearch", "elasticsearch");
    expect(annotationOf(elasticsearch, "pulumi.com/waitFor")).toBe(
      '["condition=ElasticsearchIsReachable","condition=ReconciliationComplete"]',
    );
    expect(elasticsearch.inputs.spec).toMatchObject({
      version: "9.4.3",
      auth: {
        fileRealm: [{ secretName: "elasticsearch-users" }],
        roles: [{ secretName: "elasticsearch-roles" }],
      },
      http: { tls: { certificate: { secretName: "elasticsearch-certificate" } } },
      updateStrategy: { changeBudget: { maxUnavailable: 1 } },
      volumeClaimDeletePolicy: "DeleteOnScaledownOnly",
      nodeSets: [
        {
          name: "hot",
          count: 3,
          zoneAwareness: {},
          config: {
            "node.roles": ["master", "data_content", "data_hot", "ingest"],
            "node.store.allow_mmap": false,
          },
          volumeClaimTemplates: [
            {
              metadata: { name: "elasticsearch-data" },
              spec: { storageClassName: "fast", resources: { requests: { storage: "20Gi" } } },
            },
          ],
        },
      ],
    });
    const spec = at(elasticsearch, "spec.nodeSets.0.podTemplate.spec");
    // Constraints here would take the place of the operator's, which are strict.
    expect(spec).not.toHaveProperty("topologySpreadConstraints");
    expect(spec).not.toHaveProperty("affinity");
  });

  test("what the operator would leave unrestricted is restricted by its name", () => {
    const restricted = {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    };
    const containers = {
      "elastic-internal-init-keystore": ["Elasticsearch elasticsearch", "Kibana kibana"],
      "logstash-internal-init-config": ["Logstash logstash"],
    };
    for (const [name, resources] of Object.entries(containers)) {
      for (const resource of resources) {
        const [kind = "", object = ""] = resource.split(" ");
        const asked = recording.object(kind, object);
        const path = kind === "Elasticsearch" ? "spec.nodeSets.0.podTemplate" : "spec.podTemplate";
        expect(at(asked, `${path}.spec.initContainers`)).toMatchObject([
          { name, securityContext: restricted },
        ]);
        expect(at(asked, `${path}.spec.initContainers.0`)).not.toHaveProperty("command");
      }
    }
  });

  test("its pods have the labels and accounts that policies and Services go by", () => {
    for (const [kind, name, path] of [
      ["Elasticsearch", "elasticsearch", "spec.nodeSets.0.podTemplate"],
      ["Kibana", "kibana", "spec.podTemplate"],
      ["Logstash", "logstash", "spec.podTemplate"],
      ["Beat", "filebeat", "spec.daemonSet.podTemplate"],
    ] as const) {
      const asked = recording.object(kind, name);
      expect(at(asked, `${path}.metadata.labels`)).toMatchObject({ "app.kubernetes.io/name": name });
      expect(at(asked, `${path}.spec.serviceAccountName`)).toBe(name);
      expect(at(asked, `${path}.spec.automountServiceAccountToken`)).toBe(false);
    }
    const budgets = recording.ofKind("PodDisruptionBudget").map((budget) => at(budget, "metadata.name"));
    expect(budgets).toEqual(["kibana", "logstash"]);
  });

  test("consumers find it under the same names as a server that is embedded", async () => {
    const embedded = await logging();
    expect(outputs.elasticsearchUrl).toBe(embedded.outputs.elasticsearchUrl);
    expect(outputs.kibanaUrl).toBe(embedded.outputs.kibanaUrl);
    expect(Object.keys(outputs.logins as object)).toEqual(Object.keys(embedded.outputs.logins as object));
    for (const client of ["kibana", "logstash", "jaeger", "grafana", "exporter"]) {
      const name = `elasticsearch-${client}-credentials`;
      expect(secretOf(recording, name)).toEqual(secretOf(embedded.recording, name));
    }
  });

  test("what both forms have is the same resource to the engine", async () => {
    const urns = (run: Recording) =>
      run.constructed.map((resource) => {
        const types: string[] = [];
        for (let one: typeof resource | undefined = resource; one; one = one.parent) types.unshift(one.type);
        return `${types.join("$")}::${resource.name}`;
      });
    const embedded = new Set(urns((await logging(operated)).recording));
    const before = urns((await logging()).recording);
    const named = (run: readonly string[], type: string) => run.filter((urn) => urn.includes(`${type}::`));
    for (const type of ["core/v1:Service", "core/v1:ServiceAccount", "core/v1:Secret"])
      expect(
        named(before, type).filter((urn) => !embedded.has(urn)),
        type,
      ).toEqual([]);
  });

  test("users are those of the embedded form, and one whose name is of their revision", async () => {
    const { users = "", users_roles = "" } = secretOf(recording, "elasticsearch-users");
    const embedded = secretOf((await logging()).recording, "elasticsearch-users");
    expect(users.startsWith(embedded.users ?? "?")).toBe(true);
    expect(users_roles.startsWith(embedded.users_roles ?? "?")).toBe(true);
    const login = secretOf(recording, "elasticsearch-setup-credentials");
    expect(login.username).toMatch(/^setup-\w{12}$/);
    expect(login.password).toBe("elastic-password");
    expect(users).toContain(`\n${login.username}:{PBKDF2}10000$`);
    expect(users_roles).toContain(`\nsuperuser:${login.username}\n`);
    expect(secretOf(recording, "elasticsearch-roles")["roles.yml"]).toContain("log_writer:");
  });

  test("the Job waits for the users on every node, then tells of snapshots, before policies", () => {
    const [job] = recording.ofKind("Job");
    if (!job) throw new Error("there is no Job");
    expect(at(job, "spec.template.spec.initContainers")).toMatchObject([
      {
        name: "await-users",
        command: ["bash", "/etc/elasticsearch-setup/await-users.sh"],
        env: [
          { name: "NODES_SERVICE", value: "elasticsearch-es-hot" },
          { name: "NODES", value: "3" },
        ],
      },
      { name: "snapshots", command: ["bash", "/etc/elasticsearch-setup/snapshots.sh"] },
    ]);
    const files = setupFiles(recording);
    expect(JSON.parse(files["snapshot-repository.json"] ?? "")).toEqual({
      type: "s3",
      settings: { client: "default", bucket: "backups", base_path: "elasticsearch/place" },
    });
    expect(JSON.parse(files["snapshot-policy.json"] ?? "")).toMatchObject({
      schedule: "0 30 1 * * ?",
      repository: "iot-verification",
      config: { indices: ["logs-iot_verification-*", "jaeger-*"], feature_states: ["kibana"] },
      retention: { expire_after: "30d" },
    });
    expect(JSON.parse(files["logs-template.json"] ?? "")).toMatchObject({
      template: { settings: { "index.number_of_replicas": 1 } },
    });
  });

  test("the key pair of the object storage comes by reference alone", () => {
    const elasticsearch = recording.object("Elasticsearch", "elasticsearch");
    expect(at(elasticsearch, "spec.secureSettings")).toEqual([
      {
        secretName: "object-storage-credentials",
        entries: [
          { key: "access-key-id", path: "s3.client.default.access_key" },
          { key: "secret-access-key", path: "s3.client.default.secret_key" },
        ],
      },
    ]);
    expect(at(elasticsearch, "spec.nodeSets.0.config")).toMatchObject({
      "s3.client.default.endpoint": "https://s3.test",
      "s3.client.default.region": "eu-central-1",
    });
  });

  test("Kibana has its secrets in the keystore, and its login in every form", () => {
    const kibana = recording.object("Kibana", "kibana");
    const entries = [
      "elasticsearch.password",
      "xpack.security.encryptionKey",
      "xpack.encryptedSavedObjects.encryptionKey",
      "xpack.reporting.encryptionKey",
    ];
    const stored = Object.keys(secretOf(recording, "kibana-settings"));
    expect(stored.sort()).toEqual([...entries, "encryption-key"].sort());
    expect(kibana.inputs.spec).toMatchObject({
      count: 2,
      config: {
        "elasticsearch.hosts": ["https://elasticsearch.place.svc.cluster.test:9200"],
        "elasticsearch.username": loginName("kibana", "kibana-password"),
        "elasticsearch.ssl.verificationMode": "full",
      },
      secureSettings: [
        { secretName: "kibana-settings", entries: entries.map((key) => ({ key, path: key })) },
      ],
      http: { tls: { certificate: { secretName: "kibana-certificate" } } },
    });
    expect(JSON.stringify(kibana.inputs)).not.toContain("kibana-password");
  });

  test("Logstash keeps the queue of each pod on a volume, under the pipeline of every form", async () => {
    const logstash = recording.object("Logstash", "logstash");
    expect(logstash.inputs.spec).toMatchObject({
      count: 2,
      config: { "api.ssl.enabled": false, "config.reload.automatic": false, "log.format": "json" },
      pipelines: [
        {
          "pipeline.id": "logs",
          "path.config": "/etc/logstash/pipeline.conf",
          "queue.type": "persisted",
          "queue.max_bytes": "512mb",
          "queue.drain": false,
        },
      ],
      volumeClaimTemplates: [
        {
          metadata: { name: "logstash-data" },
          spec: { storageClassName: "fast", resources: { requests: { storage: "640Mi" } } },
        },
      ],
    });
    const data = (run: Recording) =>
      run.object("ConfigMap", "logstash-configuration").inputs.data as Record<string, string>;
    const embedded = data((await logging()).recording);
    expect(data(recording)["pipeline.conf"]).toBe(embedded["pipeline.conf"]);
    expect(data(recording)["fields.rb"]).toBe(embedded["fields.rb"]);
    expect(data(recording)["start.sh"]).toMatch(/--path\.settings \/usr\/share\/logstash\/config\n$/);
  });

  test("Filebeat goes on where it ended, and mounts no further directory of the node", () => {
    const beat = recording.object("Beat", "filebeat");
    expect(at(beat, "spec.config")).toMatchObject({
      "path.data": "/usr/share/filebeat/data",
      "output.logstash": { hosts: [`\${LOGSTASH_HOST}:5044`] },
    });
    const volumes = at(beat, "spec.daemonSet.podTemplate.spec.volumes") as { name: string }[];
    expect(volumes.filter((volume) => "hostPath" in volume)).toEqual([
      { name: "logs", hostPath: { path: "/var/log/pods", type: "Directory" } },
      { name: "beat-data", hostPath: { path: "/var/lib/place-logs/filebeat", type: "DirectoryOrCreate" } },
    ]);
  });
});
