import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { configurationFiles } from "../../components/observability/dashboards/configuration.ts";
import { Dashboards, type DashboardsArgs } from "../../components/observability/dashboards/index.ts";
import { objectives } from "./dashboards-built.ts";
import { record, secret } from "./mocks.ts";
import { credential, platform, revision } from "./platform.ts";
import { annotationsOf, at, labels, selector } from "./shapes.ts";

const sources = {
  prometheus: "http://prometheus.test:9090",
  alertmanager: "http://alertmanager.test:9093",
  jaeger: "http://jaeger.test:16686",
  scrapeSeconds: 15,
};
const image = "registry.test/grafana:13.2.0";
const resources = {
  requests: { cpu: "250m", memory: "256Mi" },
  limits: { cpu: "500m", memory: "512Mi" },
};
const withStorage = {
  requests: { ...resources.requests, "ephemeral-storage": "320Mi" },
  limits: { ...resources.limits, "ephemeral-storage": "320Mi" },
};

async function grafana(changes: Partial<DashboardsArgs> = {}) {
  const { recording, outputs } = await record({
    program() {
      const { url, secret: published } = new Dashboards("observability-dashboards", {
        platform: platform(),
        image,
        password: credential("pass"),
        secretKey: credential("key"),
        elasticsearch: {
          host: pulumi.output("elasticsearch.test"),
          url: pulumi.output("https://elasticsearch.test:9200"),
          secret: pulumi.output("elasticsearch-grafana-credentials"),
          revision: pulumi.output("login-revision"),
        },
        sources,
        objectives,
        resources,
        storage: { size: "5Gi", storageClass: "fast" },
        ...changes,
      });
      return { url, published };
    },
  });
  return { recording, outputs, statefulSet: recording.object("StatefulSet", "grafana") };
}

function metadata(name: string) {
  return { name, namespace: "place", labels: labels("grafana", "dashboards") };
}

const files = configurationFiles({ sources, objectives });

test("the whole pod", async () => {
  const { statefulSet } = await grafana();
  const env = [
    { name: "GF_PATHS_PROVISIONING", value: "/etc/iot-verification/grafana/provisioning" },
    { name: "GF_PATHS_DATA", value: "/var/lib/grafana" },
    { name: "GF_PATHS_LOGS", value: "/var/lib/grafana/log" },
    { name: "GF_PATHS_PLUGINS", value: "/var/lib/grafana/plugins" },
  ];
  const common = {
    image,
    imagePullPolicy: "Always",
    env,
    resources: withStorage,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "data", mountPath: "/var/lib/grafana" },
      { name: "configuration", mountPath: "/etc/iot-verification/grafana", readOnly: true },
      { name: "accepted", mountPath: "/run/secrets/accepted", readOnly: true },
      { name: "elasticsearch", mountPath: "/run/secrets/elasticsearch", readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
  const alive = { httpGet: { path: "/healthz", port: "http-metrics" } };
  expect(at(statefulSet, "spec.template.spec.initContainers")).toEqual([
    {
      ...common,
      volumeMounts: common.volumeMounts.filter(({ name }) => name !== "elasticsearch"),
      name: "prepare",
      command: [
        "sh",
        "/etc/iot-verification/grafana/prepare.sh",
        "/etc/iot-verification/grafana/grafana.ini",
        "/run/secrets/accepted/admin-password",
      ],
    },
  ]);
  expect(at(statefulSet, "spec.template.spec.containers")).toEqual([
    {
      ...common,
      name: "grafana",
      command: ["grafana", "server"],
      args: ["--homepath=/usr/share/grafana", "--config=/etc/iot-verification/grafana/grafana.ini"],
      ports: [{ name: "http-metrics", containerPort: 3000, protocol: "TCP" }],
      startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 150 },
      readinessProbe: {
        httpGet: { path: "/api/health", port: "http-metrics" },
        periodSeconds: 5,
        timeoutSeconds: 3,
      },
      livenessProbe: { ...alive, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    },
  ]);
  expect(at(statefulSet, "spec.template.spec.securityContext")).toMatchObject({
    runAsUser: 472,
    runAsGroup: 472,
    fsGroup: 472,
  });
  expect(at(statefulSet, "spec.template.spec.volumes")).toEqual([
    {
      name: "configuration",
      configMap: {
        name: "grafana-configuration",
        defaultMode: 0o444,
        items: Object.keys(files).map((path) => ({ key: path.replaceAll("/", "__"), path })),
      },
    },
    { name: "accepted", secret: { secretName: "grafana-accepted-credentials", defaultMode: 0o440 } },
    {
      name: "elasticsearch",
      secret: {
        secretName: "elasticsearch-grafana-credentials",
        defaultMode: 0o440,
        items: ["url", "username", "password", "ca.crt"].map((key) => ({ key, path: key })),
      },
    },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  ]);
  expect(at(statefulSet, "spec.selector.matchLabels")).toEqual(selector("grafana"));
  expect(at(statefulSet, "spec.volumeClaimTemplates.0.spec")).toEqual({
    accessModes: ["ReadWriteOnce"],
    storageClassName: "fast",
    resources: { requests: { storage: "5Gi" } },
  });
});

test("its files are in one ConfigMap, below what Kubernetes takes in one", async () => {
  const { recording } = await grafana();
  const { inputs } = recording.object("ConfigMap", "grafana-configuration");
  const data = inputs.data as Record<string, string>;
  expect(Object.keys(data).sort()).toEqual([
    ...[
      "capacity",
      "gateway",
      "logs",
      "overview",
      "postgresql",
      "redis",
      "standard",
      "telemetry",
      "traces",
    ].map((uid) => `dashboards__iot-${uid}.json`),
    "grafana.ini",
    "prepare.sh",
    "provisioning__dashboards__platform.yaml",
    "provisioning__datasources__platform.yaml",
  ]);
  for (const [path, content] of Object.entries(files)) expect(data[path.replaceAll("/", "__")]).toBe(content);
  const bytes = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  expect(bytes).toBeLessThan(2 ** 19);
});

test("people get the password in a Secret of their own, once Grafana is ready with it", async () => {
  const { recording, outputs, statefulSet } = await grafana();
  expect(recording.object("Secret", "grafana-accepted-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("grafana-accepted-credentials"),
    stringData: secret({ "admin-password": "pass", "secret-key": "key" }),
  });
  expect(recording.object("Secret", "grafana-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("grafana-credentials"),
    stringData: secret({
      username: "admin",
      password: "pass",
      url: "http://grafana.place.svc.cluster.test:3000",
    }),
  });
  expect(outputs).toEqual({
    url: "http://grafana.place.svc.cluster.test:3000",
    published: "grafana-credentials",
  });
  const order = recording.asked.map(({ inputs }) => (inputs.metadata as { name?: string } | undefined)?.name);
  expect(order.indexOf("grafana-credentials")).toBeGreaterThan(order.lastIndexOf("grafana"));
  expect(annotationsOf(statefulSet)).toMatchObject({
    "iot-verification.dev/accepted-revision": revision('{"admin-password":"pass","secret-key":"key"}'),
    "iot-verification.dev/elasticsearch-revision": "login-revision",
  });
});

test("a configured address is what people are told", async () => {
  const { outputs } = await grafana({ url: "https://grafana.example.com" });
  expect(outputs.url).toBe("https://grafana.example.com");
});

test("another password rolls the pod", async () => {
  const { statefulSet } = await grafana({ password: credential("new", "pass") });
  expect(annotationsOf(statefulSet)["iot-verification.dev/accepted-revision"]).toBe(
    revision('{"admin-password":"new","secret-key":"key"}'),
  );
});
