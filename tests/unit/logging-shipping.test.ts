import { expect, test } from "vitest";
import { parse } from "yaml";
import { logging, loggingArgs, withCredentials } from "./logging-fixtures.ts";
import type { Recording } from "./mocks.ts";
import { credential } from "./platform.ts";
import { annotationsOf, at, containerOf, labels, selector } from "./shapes.ts";

const hardened = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

function fileOf(recording: Recording, workload: string, name: string): string {
  const { data } = recording.object("ConfigMap", `${workload}-configuration`).inputs;
  return (data as Record<string, string>)[name] ?? "";
}

/** How a variable of the environment stands in the configurations. */
function variable(name: string): string {
  return `$\{${name}}`;
}

/** The rules that the shipper breaks, each with a reason beside it; nothing else of logging breaks those of pods. */
const excepted = [
  ...["CKV_K8S_23", "CKV_K8S_40", "CKV_K8S_43", "KSV-0012", "KSV-0020"],
  ...["KSV-0021", "KSV-0023", "KSV-0105", "KSV-0116", "container-security-context-user-group-id"],
  ...["hostPathVolumes", "restricted-pods", "restrictedVolumes", "runAsNonRoot", "runAsUser"],
];

test("the whole shipper", async () => {
  const { recording } = await logging();
  const daemonSet = recording.object("DaemonSet", "filebeat");
  expect(daemonSet.inputs).toEqual({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: {
      name: "filebeat",
      namespace: "place-logs",
      labels: labels("filebeat", "logging"),
      annotations: Object.fromEntries(
        excepted.map((rule) => [`audit.iot-verification.dev/${rule}`, expect.any(String)]),
      ),
    },
    spec: {
      revisionHistoryLimit: 3,
      selector: { matchLabels: selector("filebeat") },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: 0 } },
      template: {
        metadata: {
          labels: labels("filebeat", "logging"),
          annotations: {
            "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
            "iot-verification.dev/certificate-revision": expect.stringMatching(/^[0-9a-f]{12}$/),
          },
        },
        spec: {
          serviceAccountName: "filebeat",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: [{ name: "registry" }],
          terminationGracePeriodSeconds: 30,
          tolerations: [
            { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
          ],
          securityContext: {
            runAsNonRoot: false,
            runAsUser: 0,
            runAsGroup: 0,
            fsGroup: 0,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "filebeat",
              image: "registry.test/filebeat:9.4.3",
              imagePullPolicy: "Always",
              args: ["-e", "-c", "/etc/filebeat/filebeat.yml"],
              env: [
                { name: "GOMEMLIMIT", value: "1932735283B" },
                { name: "PLATFORM_NAMESPACE", value: "place" },
                { name: "SHIPPER_NAMESPACE", value: "place-logs" },
                { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
                { name: "LINES_PER_MINUTE", value: "3000" },
                { name: "LOGSTASH_HOST", value: "logstash.place.svc.cluster.test" },
              ],
              ports: [{ name: "health", containerPort: 5066, protocol: "TCP" }],
              resources: {
                requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "320Mi" },
                limits: { cpu: "1", memory: "2Gi", "ephemeral-storage": "320Mi" },
              },
              volumeMounts: [
                { name: "configuration", mountPath: "/etc/filebeat", readOnly: true },
                { name: "certificate", mountPath: "/run/secrets/certificate", readOnly: true },
                { name: "logs", mountPath: "/var/log/pods", readOnly: true },
                { name: "positions", mountPath: "/var/lib/filebeat" },
                { name: "tmp", mountPath: "/tmp" },
              ],
              startupProbe: {
                httpGet: { path: "/inputs/", port: "health" },
                periodSeconds: 2,
                failureThreshold: 60,
              },
              readinessProbe: {
                httpGet: { path: "/stats", port: "health" },
                periodSeconds: 10,
                timeoutSeconds: 3,
              },
              livenessProbe: {
                httpGet: { path: "/", port: "health" },
                periodSeconds: 20,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              securityContext: hardened,
            },
          ],
          volumes: [
            { name: "configuration", configMap: { name: "filebeat-configuration", defaultMode: 0o444 } },
            { name: "certificate", secret: { secretName: "filebeat-certificate", defaultMode: 0o440 } },
            { name: "logs", hostPath: { path: "/var/log/pods", type: "Directory" } },
            {
              name: "positions",
              hostPath: { path: "/var/lib/place-logs/filebeat", type: "DirectoryOrCreate" },
            },
            { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
          ],
        },
      },
    },
  });
});

test("the shipper reads the platform's own logs, caps each service, and shows who it is", async () => {
  const { recording } = await logging();
  const settings = parse(fileOf(recording, "filebeat", "filebeat.yml")) as Record<string, unknown>;
  expect(settings["filebeat.inputs"]).toEqual([
    {
      type: "filestream",
      id: "containers",
      paths: [
        `/var/log/pods/${variable("PLATFORM_NAMESPACE")}_*/*/*.log*`,
        `/var/log/pods/${variable("SHIPPER_NAMESPACE")}_*/*/*.log*`,
      ],
      "prospector.scanner": { exclude_files: ["\\.gz$", "\\.tmp$"], "fingerprint.length": 64 },
      message_max_bytes: 65_536,
      parsers: [{ container: { stream: "all", format: "cri" } }],
    },
  ]);
  expect(settings.processors).toContainEqual({
    rate_limit: {
      fields: ["kubernetes.namespace", "kubernetes.container.name"],
      limit: `${variable("LINES_PER_MINUTE")}/m`,
    },
  });
  expect(settings["output.logstash"]).toEqual({
    hosts: [`${variable("LOGSTASH_HOST")}:5044`],
    bulk_max_size: 512,
    "ssl.certificate_authorities": ["/run/secrets/certificate/ca.crt"],
    "ssl.certificate": "/run/secrets/certificate/tls.crt",
    "ssl.key": "/run/secrets/certificate/tls.key",
  });
});

test("what the shipper drops reaches the index: it writes its counters into its log, which it ships", async () => {
  const { recording } = await logging();
  const settings = parse(fileOf(recording, "filebeat", "filebeat.yml")) as Record<string, unknown>;
  expect(Object.entries(settings).filter(([name]) => name.startsWith("logging."))).toEqual([
    ["logging.level", "info"],
    ["logging.metrics.period", "1m"],
  ]);
});

test("Logstash: heap, queue and directories", async () => {
  const { recording } = await logging();
  const deployment = recording.object("Deployment", "logstash");
  expect(containerOf(deployment)).toMatchObject({
    command: ["bash", "/etc/logstash/start.sh"],
    env: [
      {
        name: "LS_JAVA_OPTS",
        value: "-Xms1024m -Xmx1024m -XX:MaxDirectMemorySize=256m -XX:-HeapDumpOnOutOfMemoryError",
      },
    ],
    ports: [
      { name: "beats", containerPort: 5044, protocol: "TCP" },
      { name: "api", containerPort: 9600, protocol: "TCP" },
    ],
    startupProbe: { httpGet: { path: "/", port: "api" }, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/_node/pipelines/logs", port: "api" } },
    livenessProbe: { httpGet: { path: "/", port: "api" }, failureThreshold: 6 },
    securityContext: hardened,
  });
  expect(at(deployment, "spec.template.spec.terminationGracePeriodSeconds")).toBe(300);
  expect(at(deployment, "spec.template.spec.volumes")).toContainEqual({
    name: "data",
    emptyDir: { sizeLimit: "640Mi" },
  });
  expect(parse(fileOf(recording, "logstash", "logstash.yml"))).toMatchObject({
    "path.data": "/var/lib/logstash",
    "path.config": "/etc/logstash/pipeline.conf",
    "pipeline.id": "logs",
    "queue.type": "persisted",
    "queue.max_bytes": "512mb",
    "queue.drain": true,
    "api.http.port": 9600,
  });
});

test("Logstash asks for the shipper's certificate, and writes to the stream that the template is for", async () => {
  const { recording } = await logging();
  const pipeline = fileOf(recording, "logstash", "pipeline.conf");
  const optionsOf = (plugin: string) =>
    Object.fromEntries(
      [...(pipeline.split(`${plugin} {`)[1]?.split("\n  }")[0] ?? "").matchAll(/^ +(\w+) => (.+)$/gm)].map(
        ([, name, value]) => [name, value],
      ),
    );
  expect(optionsOf("beats")).toEqual({
    port: "5044",
    enrich: "none",
    ssl_enabled: "true",
    ssl_certificate: '"/run/secrets/certificate/tls.crt"',
    ssl_key: '"/run/secrets/certificate/tls.key"',
    ssl_client_authentication: '"required"',
    ssl_certificate_authorities: '["/run/secrets/certificate/ca.crt"]',
  });
  expect(optionsOf("elasticsearch")).toEqual({
    hosts: `["${variable("ELASTICSEARCH_URL")}"]`,
    user: `"${variable("ELASTICSEARCH_USERNAME")}"`,
    password: `"${variable("ELASTICSEARCH_PASSWORD")}"`,
    ssl_enabled: "true",
    ssl_certificate_authorities: '["/run/secrets/elasticsearch/ca.crt"]',
    data_stream: "true",
    data_stream_type: '"logs"',
    data_stream_dataset: '"iot_verification"',
    data_stream_namespace: '"default"',
    data_stream_auto_routing: "false",
  });
});

test.each(["kibana", "logstash"] as const)("a rotated login rolls %s alone", async (client) => {
  const [before, after] = [
    await logging(),
    await logging(withCredentials({ [client]: credential("new-password", `${client}-password`) })),
  ];
  const changed = ["kibana", "logstash"].filter((workload) => {
    const [one, other] = [before, after].map(({ recording }) =>
      annotationsOf(recording.object("Deployment", workload)),
    );
    return JSON.stringify(one) !== JSON.stringify(other);
  });
  expect(changed).toEqual([client]);
});

test("a change of a file rolls what reads it", async () => {
  const { logstash } = loggingArgs();
  const checksum = async (queueSize: string) => {
    const { recording } = await logging({ logstash: { ...logstash, queueSize } });
    return annotationsOf(recording.object("Deployment", "logstash"))[
      "iot-verification.dev/settings-checksum"
    ];
  };
  expect(await checksum("256Mi")).not.toBe(await checksum("512Mi"));
});
