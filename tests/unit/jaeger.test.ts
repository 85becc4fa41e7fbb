import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { configurationFiles } from "../../components/observability/tracing/configuration.ts";
import { Tracing, type TracingArgs } from "../../components/observability/tracing/index.ts";
import { record } from "./mocks.ts";
import { platform } from "./platform.ts";
import { annotationsOf, at, containerOf } from "./shapes.ts";

const image = "registry.test/jaeger:2.20.0";
const rolloverImage = "registry.test/jaeger-es-rollover:2.20.0";
const elasticsearchImage = "registry.test/elasticsearch:9.4.3";
const resources = {
  requests: { cpu: "250m", memory: "256Mi" },
  limits: { cpu: "1", memory: "1Gi" },
};
const withStorage = {
  requests: { ...resources.requests, "ephemeral-storage": "256Mi" },
  limits: { ...resources.limits, "ephemeral-storage": "256Mi" },
};

async function jaeger(changes: Partial<TracingArgs> = {}) {
  const { recording, outputs } = await record({
    program() {
      const { queryUrl } = new Tracing("observability-tracing", {
        platform: platform(),
        image,
        rolloverImage,
        elasticsearchImage,
        replicas: 2,
        resources,
        elasticsearch: {
          host: pulumi.output("elasticsearch.test"),
          url: pulumi.output("https://elasticsearch.test:9200"),
          secret: pulumi.output("elasticsearch-jaeger-credentials"),
          revision: pulumi.output("login-revision"),
        },
        ...changes,
      });
      return { queryUrl };
    },
  });
  return { recording, outputs, deployment: recording.object("Deployment", "jaeger") };
}

const files = configurationFiles();
const configuration = JSON.parse(files["jaeger.yaml"] ?? "");

test("the whole configuration", () => {
  const login = "/run/secrets/elasticsearch";
  const rotation = { auto_rollover: { policy_name: "iot-verification-traces" } };
  expect(configuration).toEqual({
    service: {
      extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
      pipelines: {
        traces: {
          receivers: ["otlp"],
          processors: ["memory_limiter", "batch"],
          exporters: ["jaeger_storage_exporter"],
        },
      },
      telemetry: {
        resource: { "service.name": "jaeger" },
        logs: { level: "info", encoding: "json" },
        metrics: {
          level: "normal",
          readers: [
            {
              pull: {
                exporter: {
                  prometheus: {
                    host: "0.0.0.0",
                    port: 8888,
                    without_type_suffix: false,
                    without_scope_info: true,
                  },
                },
              },
            },
          ],
        },
      },
    },
    receivers: { otlp: { protocols: { http: { endpoint: "0.0.0.0:4318" } } } },
    processors: {
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 15 },
      batch: { send_batch_size: 1024, send_batch_max_size: 2048, timeout: "1s" },
    },
    exporters: {
      jaeger_storage_exporter: {
        trace_storage: "elasticsearch",
        queue: { sizer: "items", queue_size: 20_000, num_consumers: 2 },
      },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: "0.0.0.0:13133" } },
      jaeger_query: {
        storage: { traces: "elasticsearch" },
        http: { endpoint: "0.0.0.0:16686" },
        grpc: { endpoint: "127.0.0.1:16685" },
      },
      jaeger_storage: {
        backends: {
          elasticsearch: {
            elasticsearch: {
              server_urls: [`\${file:${login}/url}`],
              auth: { basic: { username: `\${file:${login}/username}`, password_file: `${login}/password` } },
              tls: { ca_file: `${login}/ca.crt` },
              create_mappings: false,
              indices: { spans: { rotation }, services: { rotation } },
            },
          },
        },
      },
    },
  });
});

test("the whole pod", async () => {
  const { deployment } = await jaeger();
  const health = { httpGet: { path: "/status", port: "health" } };
  const common = {
    imagePullPolicy: "Always",
    resources: withStorage,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "configuration", mountPath: "/etc/jaeger", readOnly: true },
      { name: "elasticsearch", mountPath: "/run/secrets/elasticsearch", readOnly: true },
    ],
  };
  expect(at(deployment, "spec.template.spec.initContainers")).toEqual([
    {
      ...common,
      name: "prepare-indices",
      image: rolloverImage,
      command: [
        "sh",
        "/etc/jaeger/prepare-indices.sh",
        "/run/secrets/elasticsearch",
        "iot-verification-traces",
      ],
      env: [],
    },
    {
      ...common,
      name: "drop-stray-indices",
      image: elasticsearchImage,
      command: ["bash", "/etc/jaeger/drop-stray-indices.sh", "/run/secrets/elasticsearch"],
      env: [],
    },
  ]);
  expect(containerOf(deployment)).toEqual({
    ...common,
    name: "jaeger",
    image,
    args: ["--config", "/etc/jaeger/jaeger.yaml"],
    env: [{ name: "GOMEMLIMIT", value: "966367641B" }],
    ports: [
      { name: "otlp-http", containerPort: 4318, protocol: "TCP" },
      { name: "query", containerPort: 16686, protocol: "TCP" },
      { name: "metrics", containerPort: 8888, protocol: "TCP" },
      { name: "health", containerPort: 13133, protocol: "TCP" },
    ],
    startupProbe: { ...health, periodSeconds: 2, failureThreshold: 90 },
    readinessProbe: { httpGet: { path: "/", port: "query" }, periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  });
  expect(at(deployment, "spec.replicas")).toBe(2);
  expect(at(deployment, "spec.template.spec.securityContext")).toMatchObject({
    runAsUser: 10001,
    runAsGroup: 10001,
  });
  expect(at(deployment, "spec.template.spec.volumes")).toEqual([
    { name: "configuration", configMap: { name: "jaeger-configuration", defaultMode: 0o444 } },
    {
      name: "elasticsearch",
      secret: {
        secretName: "elasticsearch-jaeger-credentials",
        defaultMode: 0o440,
        items: ["username", "password", "url", "ca.crt"].map((key) => ({ key, path: key })),
      },
    },
  ]);
});

test("a new login rolls the pods, which wait for its Secret", async () => {
  const { deployment } = await jaeger();
  expect(annotationsOf(deployment)["iot-verification.dev/elasticsearch-revision"]).toBe("login-revision");
});

test("two pods have a budget", async () => {
  const { recording } = await jaeger();
  expect(recording.objects()).toEqual([
    "ConfigMap jaeger-configuration",
    "Deployment jaeger",
    "PodDisruptionBudget jaeger",
    "Service jaeger",
    "ServiceAccount jaeger",
  ]);
});

test("where to ask", async () => {
  const { outputs } = await jaeger();
  expect(outputs).toEqual({
    queryUrl: "http://jaeger.place.svc.cluster.test:16686",
  });
});
