import { describe, expect, test } from "vitest";
import { retentionSize } from "../../components/observability/metrics/prometheus-configuration.ts";
import { configured, job } from "./prometheus-example.ts";

const guards = {
  honor_labels: false,
  sample_limit: 20_000,
  label_limit: 40,
  label_name_length_limit: 200,
  label_value_length_limit: 2000,
};

test("what holds for all jobs", () => {
  const { global, rule_files, alerting, scrape_configs } = configured();
  expect(global).toEqual({
    scrape_interval: "15s",
    scrape_timeout: "10s",
    evaluation_interval: "15s",
    external_labels: { platform: "place", environment: "staging" },
  });
  expect(rule_files).toEqual(["/etc/prometheus/rules-*.yml"]);
  expect(alerting).toEqual({
    alertmanagers: [{ static_configs: [{ targets: ["alertmanager.place.svc.cluster.test:9093"] }] }],
  });
  expect(scrape_configs.map(({ job_name }) => job_name)).toEqual([
    "iot-verification-services",
    "iot-verification-systems",
    "kubelet",
    "cadvisor",
    "probes",
  ]);
  for (const each of scrape_configs)
    expect(each).toMatchObject({ ...guards, body_size_limit: expect.any(String) });
  // A cluster has as many nodes as it has.
  expect(scrape_configs.map(({ target_limit }) => target_limit)).toEqual([500, 500, 0, 0, 500]);
});

test("gateway and verifiers are scraped with the token, and more often", () => {
  expect(job("iot-verification-services")).toMatchObject({
    scrape_interval: "10s",
    scrape_timeout: "10s",
    authorization: { type: "Bearer", credentials_file: "/run/secrets/metrics/token" },
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: ["place"] } }],
  });
});

test("a scrape takes no longer than the next one is away", () => {
  expect(job("iot-verification-services", { serviceScrapeSeconds: 5 })).toMatchObject({
    scrape_timeout: "5s",
  });
  expect(configured({ scrapeSeconds: 5 }).global).toMatchObject({ scrape_timeout: "5s" });
});

test("systems are scraped in both namespaces, without the token", () => {
  const systems = job("iot-verification-systems");
  expect(systems).toMatchObject({
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: ["place", "place-logs"] } }],
  });
  expect(systems).not.toHaveProperty("authorization");
});

describe.each(["kubelet", "cadvisor"])("job %s", (name) => {
  test("asks kubelets with the account's token", () => {
    expect(job(name)).toMatchObject({
      scheme: "https",
      tls_config: { insecure_skip_verify: true },
      authorization: {
        type: "Bearer",
        credentials_file: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      },
      kubernetes_sd_configs: [{ role: "node" }],
    });
  });

  test("verifies their certificates where that is configured", () => {
    expect(job(name, { kubeletCertificates: "verified" }).tls_config).toEqual({
      ca_file: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    });
  });
});

test("probes go through the blackbox exporter", () => {
  const { metrics_path, static_configs, relabel_configs } = job("probes");
  expect(metrics_path).toBe("/probe");
  const system = (workload: string, module: string, target: string) => ({
    targets: [target],
    labels: { __param_module: module, namespace: "place", workload },
  });
  expect(static_configs).toEqual([
    system("api-gateway", "http", "http://api-gateway.place.svc.cluster.test:80/ready"),
    system("object-storage", "tcp", "object-storage.place.svc.cluster.test:9000"),
    system("elasticsearch", "tls", "elasticsearch.place.svc.cluster.test:9200"),
    system("kibana", "tls", "kibana.place.svc.cluster.test:5601"),
    system("logstash", "tls", "logstash.place.svc.cluster.test:5044"),
  ]);
  expect(relabel_configs.at(-1)).toEqual({
    target_label: "__address__",
    replacement: "blackbox-exporter.place.svc.cluster.test:9115",
  });
});

test.each([
  ["10Gi", "8192MB"],
  ["1Gi", "819MB"],
  ["512Mi", "409MB"],
])("of a volume of %s, samples may take %s", (size, expected) => {
  expect(retentionSize(size)).toBe(expected);
});
