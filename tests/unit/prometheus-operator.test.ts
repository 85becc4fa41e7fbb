import { Alertmanager } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Alertmanager";
import { Prometheus } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { ScrapeConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { Metrics } from "../../components/observability/metrics/index.ts";
import { workloadOfOperator } from "../../components/observability/metrics/relabel.ts";
import { metricsArgs } from "../../config/slices/metrics.ts";
import { accepted, problemsOf } from "./config-cases.ts";
import { type Recording, record, Secret } from "./mocks.ts";
import { expectValid } from "./models.ts";
import { platform } from "./platform.ts";
import { at } from "./shapes.ts";

interface Run {
  readonly recording: Recording;
  readonly outputs: Readonly<Record<string, unknown>>;
}

function metrics(section: object, secrets: Readonly<Record<string, string>> = {}): Promise<Run> {
  return record({
    program() {
      const values = {
        namespace: "place",
        clusterDomain: "cluster.test",
        prometheus: section,
        alerting: { storage: { size: "2Gi", storageClass: "fast" } },
        ...secrets,
      };
      const tier = new Metrics("metrics", {
        ...metricsArgs(accepted(values, Object.keys(secrets)), { platform: platform() }),
        token: pulumi.output("metrics-credentials"),
        certificate: { secret: "blackbox-exporter-certificate" },
      });
      return {
        prometheus: tier.prometheusUrl,
        alertmanager: tier.alertmanagerUrl,
        demands: pulumi.output(tier.demands as unknown),
      };
    },
  });
}

const receiver = { alertWebhookUrl: "https://hook.test/x" };
let operated: Run;
let embedded: Run;
beforeAll(async () => {
  const storage = { size: "20Gi", storageClass: "fast" };
  operated = await metrics({ form: "operator", storage }, receiver);
  embedded = await metrics({ storage }, receiver);
});

/** Entries of a Secret. @throws Error when they are no secret to Pulumi */
function secretOf({ recording }: Run, name: string): Record<string, string> {
  const { stringData } = recording.object("Secret", name).inputs;
  if (!(stringData instanceof Secret)) throw new Error(`${name} is no secret to Pulumi`);
  return stringData.value as Record<string, string>;
}

function filesOf({ recording }: Run, name: string): Record<string, string> {
  return recording.object("ConfigMap", `${name}-configuration`).inputs.data as Record<string, string>;
}

test("every resource is valid by the model of its kind", () => {
  const { recording } = operated;
  expectValid(Prometheus, withClaimOfModel(recording.object("Prometheus", "prometheus").inputs));
  expectValid(Alertmanager, withClaimOfModel(recording.object("Alertmanager", "alertmanager").inputs));
  for (const { inputs } of recording.ofKind("PrometheusRule")) expectValid(PrometheusRule, inputs);
  for (const { inputs } of recording.ofKind("ScrapeConfig")) expectValid(ScrapeConfig, inputs);
  expect(recording.ofKind("StatefulSet")).toEqual([]);
});

test("both are found under the same names as embedded ones, and awaited", () => {
  expect(operated.outputs.prometheus).toBe(embedded.outputs.prometheus);
  expect(operated.outputs.alertmanager).toBe(embedded.outputs.alertmanager);
  for (const [kind, name] of [
    ["Prometheus", "prometheus"],
    ["Alertmanager", "alertmanager"],
  ] as const) {
    const annotations = at(operated.recording.object(kind, name), "metadata.annotations");
    expect(annotations).toEqual({
      "pulumi.com/waitFor": '["condition=Reconciled","condition=Available"]',
      ...(kind === "Prometheus" && {
        "audit.iot-verification.dev/KSV-0036": "It asks the API server, and may only what its role lists",
      }),
    });
    expect(at(operated.recording.object("PodDisruptionBudget", name), "spec.maxUnavailable")).toBe(1);
    expect(at(operated.recording.object("Service", name), "spec")).toEqual(
      at(embedded.recording.object("Service", name), "spec"),
    );
  }
});

const restrictedPod = {
  runAsNonRoot: true,
  runAsUser: 65534,
  runAsGroup: 65534,
  fsGroup: 65534,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};
const reloader = {
  requests: { cpu: "10m", memory: "50Mi", "ephemeral-storage": "256Mi" },
  limits: { cpu: "100m", memory: "50Mi", "ephemeral-storage": "256Mi" },
};
const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
const labels = (name: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "iot-verification",
  "app.kubernetes.io/component": "metrics",
});

test("Prometheus has two restricted pods over zones that keep what is configured", () => {
  const { spec } = operated.recording.object("Prometheus", "prometheus").inputs;
  expect(spec).toMatchObject({
    image: "docker.io/prom/prometheus:v3.16.0",
    version: "3.16.0",
    replicas: 2,
    retention: "200h",
    retentionSize: "16384MB",
    storage: {
      volumeClaimTemplate: {
        metadata: { name: "data" },
        spec: { storageClassName: "fast", resources: { requests: { storage: "20Gi" } } },
      },
    },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    scrapeInterval: "15s",
    scrapeTimeout: "10s",
    evaluationInterval: "15s",
    externalUrl: "http://prometheus.place.svc.cluster.test:9090",
    externalLabels: { platform: "place", environment: "development" },
    prometheusExternalLabelName: "",
    portName: "http-metrics",
    logFormat: "json",
    podMetadata: { labels: labels("prometheus") },
    serviceAccountName: "prometheus",
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: restrictedPod,
    terminationGracePeriodSeconds: 120,
    topologySpreadConstraints: [
      { topologyKey: "topology.kubernetes.io/zone", maxSkew: 1 },
      { topologyKey: "kubernetes.io/hostname", maxSkew: 1 },
    ],
    containers: [{ name: "config-reloader", resources: reloader, securityContext: restricted }],
    initContainers: [{ name: "init-config-reloader", resources: reloader, securityContext: restricted }],
    volumes: [],
    volumeMounts: [],
  });
});

test("Alertmanager has three restricted pods, which tell each other what they have sent", () => {
  const { spec } = operated.recording.object("Alertmanager", "alertmanager").inputs;
  expect(spec).toMatchObject({
    image: "docker.io/prom/alertmanager:v0.34.2",
    version: "0.34.2",
    replicas: 3,
    configSecret: "alertmanager-configuration",
    externalUrl: "http://alertmanager.place.svc.cluster.test:9093",
    podMetadata: { labels: labels("alertmanager") },
    serviceAccountName: "alertmanager",
    automountServiceAccountToken: false,
    securityContext: restrictedPod,
    storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "2Gi" } } } } },
    volumes: [{ name: "receivers", secret: { secretName: "alertmanager-receivers" } }],
    volumeMounts: [{ name: "receivers", mountPath: "/run/secrets/receivers", readOnly: true }],
  });
  // Either would make the operator write another configuration than ours.
  expect(spec).not.toHaveProperty("alertmanagerConfigSelector");
  expect(spec).not.toHaveProperty("alertmanagerConfiguration");
});

test("what the namespace is asked for has every pod, volume and reloader", () => {
  const demands = operated.outputs.demands as { workload: string }[];
  expect(demands.find(({ workload }) => workload === "prometheus")).toMatchObject({
    pods: 2,
    containers: [{}, reloader],
    initContainers: [reloader],
    volumes: ["20Gi", "20Gi"],
  });
  expect(demands.find(({ workload }) => workload === "alertmanager")).toMatchObject({
    pods: 3,
    volumes: ["2Gi", "2Gi", "2Gi"],
  });
});

describe("what both forms do is the same", () => {
  test("receivers", () => {
    expect(secretOf(operated, "alertmanager-configuration")).toEqual({
      "alertmanager.yaml": filesOf(embedded, "alertmanager")["alertmanager.yml"],
    });
    expect(secretOf(operated, "alertmanager-receivers")).toEqual(
      secretOf(embedded, "alertmanager-receivers"),
    );
  });

  test("rules and alerts", () => {
    const files = Object.entries(filesOf(embedded, "prometheus")).filter(([name]) =>
      name.startsWith("rules-"),
    );
    const expected = files.map(([name, text]) => [
      name.replace(/^rules-(.+)\.yml$/, "iot-verification-$1"),
      JSON.parse(text) as unknown,
    ]);
    const resources = operated.recording.ofKind("PrometheusRule");
    const actual = resources.map((rule) => [at(rule, "metadata.name"), at(rule, "spec")]);
    expect(actual).toHaveLength(17);
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected));
    expectSelected("ruleSelector", "PrometheusRule");
  });

  test("jobs, which differ in where the token is from and what a workload's pods are called", () => {
    const before = JSON.parse(filesOf(embedded, "prometheus")["prometheus.yml"] ?? "") as {
      scrape_configs: (Record<string, unknown> & { job_name: string })[];
    };
    const additional = secretOf(operated, "prometheus-additional-configuration");
    const after = [
      ...operated.recording.ofKind("ScrapeConfig").map(({ inputs }) => rendered(inputs.spec as Fields)),
      ...(JSON.parse(additional["scrape-configs.yaml"] ?? "") as Fields[]),
    ];
    const byName = (jobs: readonly Fields[]) =>
      new Map(jobs.map((job) => [job.job_name, withoutOwnNames(job)]));
    expect(byName(after)).toEqual(byName(before.scrape_configs));
    const renamed = after.filter((job) => JSON.stringify(job).includes('"prometheus-prometheus"'));
    expect(renamed.map((job) => job.job_name)).toEqual(["iot-verification-systems", "kubelet", "cadvisor"]);
    expectSelected("scrapeConfigSelector", "ScrapeConfig");
  });

  test("rights", () => {
    for (const kind of ["Role", "ClusterRole"])
      expect(operated.recording.ofKind(kind)).toEqual(embedded.recording.ofKind(kind));
  });
});

test("the token of the platform's workloads is the Secret's, which the operator follows", () => {
  const job = operated.recording.object("ScrapeConfig", "iot-verification-services");
  expect(at(job, "spec.authorization")).toEqual({
    type: "Bearer",
    credentials: { name: "metrics-credentials", key: "token" },
  });
});

test("alerts go to each Alertmanager, and jobs of nodes have the renewed token of the pod's account", () => {
  const { spec } = operated.recording.object("Prometheus", "prometheus").inputs;
  const name = "prometheus-additional-configuration";
  expect(spec).toMatchObject({
    additionalScrapeConfigs: { name, key: "scrape-configs.yaml" },
    additionalAlertManagerConfigs: { name, key: "alertmanagers.yaml" },
  });
  const additional = secretOf(operated, name);
  expect(JSON.parse(additional["alertmanagers.yaml"] ?? "")).toEqual([
    {
      api_version: "v2",
      dns_sd_configs: [
        {
          names: ["_http-metrics._tcp.alertmanager-operated.place.svc.cluster.test"],
          type: "SRV",
          refresh_interval: "30s",
        },
      ],
    },
  ]);
  expect(JSON.parse(additional["scrape-configs.yaml"] ?? "")).toMatchObject(
    ["kubelet", "cadvisor"].map((job_name) => ({
      job_name,
      authorization: { credentials_file: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
    })),
  );
});

test("an image without a version is refused, as the operator goes by it", () => {
  const digest = `@sha256:${"a".repeat(64)}`;
  const images = {
    prometheus: `registry.test/prom/prometheus${digest}`,
    alertmanager: `registry.test/prom/alertmanager:v0.34${digest}`,
  };
  expect(problemsOf({ images, prometheus: { form: "operator" } })).toMatchObject([
    { key: "images.prometheus", advice: expect.stringContaining("a tag of three numbers") },
    { key: "images.alertmanager", advice: expect.stringContaining("a tag of three numbers") },
  ]);
  expect(problemsOf({ images })).toEqual([]);
});

/** The models ask for a kind of the claim that the operator's definitions leave out. */
function withClaimOfModel(inputs: Fields): Fields {
  const spec = inputs.spec as { readonly storage: { readonly volumeClaimTemplate: object } };
  const kind = { apiVersion: "monitoring.coreos.com/v1", kind: "EmbeddedPersistentVolumeClaim" };
  const volumeClaimTemplate = { ...kind, ...spec.storage.volumeClaimTemplate };
  return { ...inputs, spec: { ...spec, storage: { volumeClaimTemplate } } };
}

type Fields = Readonly<Record<string, unknown>>;

/** That what a selector of Prometheus selects are the resources of this kind. */
function expectSelected(selector: string, kind: string): void {
  const prometheus = operated.recording.object("Prometheus", "prometheus");
  const wanted = at(prometheus, `spec.${selector}.matchLabels`) as object;
  for (const resource of operated.recording.ofKind(kind)) {
    expect(at(resource, "metadata.labels")).toMatchObject(wanted);
    expect(at(resource, "metadata.namespace")).toBe(at(prometheus, "metadata.namespace"));
  }
}

/** The job that the operator writes of a ScrapeConfig, by `generateScrapeConfig` of its source; `job` is a label that it sets. */
function rendered(spec: Fields): Fields {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const names: Readonly<Record<string, string>> = {
    relabelings: "relabel_configs",
    metricRelabelings: "metric_relabel_configs",
    kubernetesSDConfigs: "kubernetes_sd_configs",
  };
  const of: Readonly<Record<string, (value: never) => unknown>> = {
    relabelings: steps,
    metricRelabelings: steps,
    kubernetesSDConfigs: (value: { role: string }[]) =>
      value.map((one) => ({ ...one, role: one.role.toLowerCase() })),
    authorization: () => ({ type: "Bearer", credentials_file: "/run/secrets/metrics/token" }),
  };
  function steps(value: Fields[]) {
    return value.map((step) =>
      Object.fromEntries(Object.entries(step).map(([key, item]) => [snake(key), item])),
    );
  }
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [
      names[key] ?? snake(key),
      of[key]?.(value as never) ?? value,
    ]),
  );
}

/** A job without the steps that give the operator's workloads their own names. */
function withoutOwnNames(job: Fields): Fields {
  const own = workloadOfOperator().map((step) => JSON.stringify(step, Object.keys(step).sort()));
  const steps = job.metric_relabel_configs as Fields[] | undefined;
  if (!steps) return job;
  const kept = steps.filter((step) => !own.includes(JSON.stringify(step, Object.keys(step).sort())));
  return { ...job, metric_relabel_configs: kept };
}
