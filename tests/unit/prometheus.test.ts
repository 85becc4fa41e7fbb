import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { Metrics } from "../../components/observability/metrics/index.ts";
import { metricsArgs } from "../../config/slices/metrics.ts";
import { accepted } from "./config-cases.ts";
import { type Recording, record } from "./mocks.ts";
import { platform } from "./platform.ts";
import { at, containerOf } from "./shapes.ts";

let recording: Recording;
let outputs: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  ({ recording, outputs } = await record({
    program() {
      const args = metricsArgs(accepted({ namespace: "place", clusterDomain: "cluster.test" }), {
        platform: platform(),
      });
      const metrics = new Metrics("metrics", {
        ...args,
        token: pulumi.output("metrics-credentials"),
        certificate: { secret: "blackbox-exporter-certificate" },
      });
      return { prometheus: metrics.prometheusUrl, alertmanager: metrics.alertmanagerUrl };
    },
  }));
});

test("it says where Prometheus and Alertmanager are", () => {
  expect(outputs).toEqual({
    prometheus: "http://prometheus.place.svc.cluster.test:9090",
    alertmanager: "http://alertmanager.place.svc.cluster.test:9093",
  });
});

const core = { apiGroups: [""] };
const reading = ["get", "list", "watch"];

describe("Prometheus", () => {
  const pod = () => recording.object("StatefulSet", "prometheus");

  test("keeps what the configuration says, within its volume, and takes no changes over HTTP", () => {
    expect(containerOf(pod()).args).toEqual([
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus/data",
      "--storage.tsdb.retention.time=200h",
      "--storage.tsdb.retention.size=8192MB",
      "--web.external-url=http://prometheus.place.svc.cluster.test:9090",
      "--log.format=json",
    ]);
  });

  test("has time to read its log again before it is restarted, and is ready only then", () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(pod());
    expect(startupProbe).toEqual({
      httpGet: { path: "/-/ready", port: "http-metrics" },
      periodSeconds: 5,
      failureThreshold: 180,
    });
    expect(readinessProbe).toMatchObject({ httpGet: { path: "/-/ready", port: "http-metrics" } });
    expect(livenessProbe).toMatchObject({ httpGet: { path: "/-/healthy", port: "http-metrics" } });
  });

  test("may list pods of the platform, and read the metrics of nodes", () => {
    const rules = [{ ...core, resources: ["pods"], verbs: reading }];
    const roles = recording
      .ofKind("Role")
      .filter(({ inputs }) => at({ ...pod(), inputs }, "metadata.name") === "place:prometheus");
    expect(roles.map((role) => [at(role, "metadata.namespace"), at(role, "rules")])).toEqual([
      ["place", rules],
      ["place-logs", rules],
    ]);
    expect(at(recording.object("ClusterRole", "place:prometheus"), "rules")).toEqual([
      { ...core, resources: ["nodes"], verbs: reading },
      { ...core, resources: ["nodes/metrics"], verbs: ["get"] },
    ]);
  });

  test("mounts the token of the platform's workloads, which it reads as soon as it is there, and as it changes", () => {
    expect(at(pod(), "spec.template.spec.volumes")).toContainEqual({
      name: "metrics-token",
      secret: {
        secretName: "metrics-credentials",
        defaultMode: 0o440,
        optional: true,
        items: [{ key: "token", path: "token" }],
      },
    });
  });

  test("has configuration and rules in one ConfigMap, below the size that one may have", () => {
    const data = at(recording.object("ConfigMap", "prometheus-configuration"), "data") as Record<
      string,
      string
    >;
    expect(Object.keys(data)).toContain("prometheus.yml");
    expect(Object.keys(data).filter((name) => name.startsWith("rules-")).length).toBe(17);
    expect(JSON.stringify(data).length).toBeLessThan(2 ** 19);
  });
});

test("kube-state-metrics sees the platform's namespaces, and nothing of the cluster", () => {
  expect(containerOf(recording.object("Deployment", "kube-state-metrics")).args).toEqual([
    "--namespaces=place,place-logs",
    "--resources=cronjobs,daemonsets,deployments,horizontalpodautoscalers,jobs,persistentvolumeclaims,poddisruptionbudgets,pods,resourcequotas,statefulsets",
    "--port=8080",
    "--telemetry-port=8081",
  ]);
  const roles = recording
    .ofKind("Role")
    .filter((role) => at(role, "metadata.name") === "place:kube-state-metrics");
  expect(roles.map((role) => at(role, "metadata.namespace"))).toEqual(["place", "place-logs"]);
  expect(at(roles[0] ?? recording.find("Role", "none"), "rules")).toContainEqual({
    apiGroups: ["apps"],
    resources: ["daemonsets", "deployments", "statefulsets"],
    verbs: ["list", "watch"],
  });
  expect(recording.ofKind("ClusterRole").map((role) => at(role, "metadata.name"))).toEqual([
    "place:prometheus",
  ]);
});

test("the blackbox exporter trusts the authority of the systems' certificates, and shows those that ask its own", () => {
  const { data } = recording.object("ConfigMap", "blackbox-exporter-configuration").inputs as {
    data: Record<string, string>;
  };
  expect(JSON.parse(data["blackbox.yml"] ?? "")).toEqual({
    modules: {
      http: { prober: "http", timeout: "5s", http: { valid_status_codes: [200], follow_redirects: false } },
      tcp: { prober: "tcp", timeout: "5s" },
      tls: {
        prober: "tcp",
        timeout: "5s",
        tcp: {
          tls: true,
          tls_config: {
            ca_file: "/run/secrets/certificate/ca.crt",
            cert_file: "/run/secrets/certificate/tls.crt",
            key_file: "/run/secrets/certificate/tls.key",
          },
        },
      },
    },
  });
  expect(
    at(recording.object("Deployment", "blackbox-exporter"), "spec.template.spec.volumes"),
  ).toContainEqual({
    name: "certificate",
    secret: {
      secretName: "blackbox-exporter-certificate",
      defaultMode: 0o440,
      items: ["tls.crt", "tls.key", "ca.crt"].map((key) => ({ key, path: key })),
    },
  });
});
