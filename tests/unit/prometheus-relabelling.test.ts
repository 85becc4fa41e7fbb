import { describe, expect, test } from "vitest";
import type { Relabel } from "../../components/observability/metrics/relabel.ts";
import { job } from "./prometheus-example.ts";

/** Relabelling as Prometheus does it; undefined: dropped. */
function relabelled(steps: readonly Relabel[], given: Readonly<Record<string, string>>) {
  const labels = { ...given };
  for (const {
    source_labels = [],
    regex = "(.*)",
    target_label,
    replacement = "$1",
    action = "replace",
  } of steps) {
    const value = source_labels.map((label) => labels[label] ?? "").join(";");
    const match = new RegExp(`^(?:${regex})$`, "s").exec(value);
    if (action === "keep" && !match) return undefined;
    if (action === "drop" && match) return undefined;
    if (action === "labeldrop") {
      for (const label of Object.keys(labels))
        if (new RegExp(`^(?:${regex})$`).test(label)) delete labels[label];
    }
    if (action !== "replace" || !match || target_label === undefined) continue;
    const made = replacement.replace(/\$(\d)/g, (_, group) => match[Number(group)] ?? "");
    if (made === "") delete labels[target_label];
    else labels[target_label] = made;
  }
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !label.startsWith("__meta_")));
}

const discovered = {
  __meta_kubernetes_namespace: "place",
  __meta_kubernetes_pod_name: "redis-exporter-0",
  __meta_kubernetes_pod_phase: "Running",
  __meta_kubernetes_pod_container_init: "false",
  __meta_kubernetes_pod_container_port_name: "metrics",
  __meta_kubernetes_pod_container_port_protocol: "TCP",
  __meta_kubernetes_pod_label_app_kubernetes_io_part_of: "iot-verification",
  __meta_kubernetes_pod_label_app_kubernetes_io_name: "redis-exporter",
  __meta_kubernetes_pod_label_app_kubernetes_io_component: "cache",
};

describe("a discovered port", () => {
  const systems = job("iot-verification-systems").relabel_configs;
  const services = job("iot-verification-services").relabel_configs;

  test("becomes a target that says whose it is", () => {
    expect(relabelled(systems, discovered)).toEqual({
      namespace: "place",
      pod: "redis-exporter-0",
      workload: "redis-exporter",
      component: "cache",
      instance: "redis-exporter-0:metrics",
    });
    expect(relabelled(services, discovered)).toBeUndefined();
  });

  test.each(["gateway", "verifier"])("of component %s is of the other job", (component) => {
    const own = { ...discovered, __meta_kubernetes_pod_label_app_kubernetes_io_component: component };
    expect(relabelled(systems, own)).toBeUndefined();
    expect(relabelled(services, own)).toMatchObject({ component });
  });

  test.each([
    ["port_name", "http-metrics", true],
    ["port_name", "http", false],
    ["port_name", "metrics-http", false],
    ["port_name", "nometrics", false],
    ["port_protocol", "UDP", false],
    ["init", "true", false],
  ])("with container %s %s: %s", (label, value, isTarget) => {
    const port = { ...discovered, [`__meta_kubernetes_pod_container_${label}`]: value };
    expect(relabelled(systems, port) !== undefined).toBe(isTarget);
  });

  test.each(["Pending", "Succeeded", "Failed"])("of a pod that is %s is none", (phase) => {
    expect(relabelled(systems, { ...discovered, __meta_kubernetes_pod_phase: phase })).toBeUndefined();
  });

  test("of somebody else's pod is none", () => {
    const other = { ...discovered, __meta_kubernetes_pod_label_app_kubernetes_io_part_of: "other" };
    expect(relabelled(systems, other)).toBeUndefined();
  });
});

describe("a metric of kube-state-metrics", () => {
  const steps = job("iot-verification-systems").metric_relabel_configs ?? [];
  const pod = "kube-state-metrics-5d4f8c7b9-x2x9z";
  const itself = { namespace: "place", pod, workload: "kube-state-metrics", component: "metrics" };
  const about = (labels: Readonly<Record<string, string>>) =>
    relabelled(steps, { ...itself, instance: `${pod}:metrics`, ...labels });

  test.each([
    [
      { exported_namespace: "place-logs", daemonset: "filebeat" },
      { namespace: "place-logs", workload: "filebeat", daemonset: "filebeat" },
    ],
    [
      { exported_namespace: "place", deployment: "api-gateway" },
      { namespace: "place", workload: "api-gateway", deployment: "api-gateway" },
    ],
    [
      {
        exported_namespace: "place",
        exported_pod: "tsn-verification-5d4f8c7b9-abcde",
        container: "c",
        uid: "1",
      },
      {
        namespace: "place",
        pod: "tsn-verification-5d4f8c7b9-abcde",
        workload: "tsn-verification",
        container: "c",
      },
    ],
    [
      { exported_namespace: "place", exported_pod: "postgresql-0" },
      { namespace: "place", pod: "postgresql-0", workload: "postgresql" },
    ],
    [
      { exported_namespace: "place", exported_pod: "filebeat-x2x9z" },
      { namespace: "place", pod: "filebeat-x2x9z", workload: "filebeat" },
    ],
    [
      { exported_namespace: "place", exported_pod: "database-backup-29391840-x2x9z" },
      { namespace: "place", pod: "database-backup-29391840-x2x9z", workload: "database-backup" },
    ],
    [
      { exported_namespace: "place", job_name: "database-migrations-18301b6e" },
      { namespace: "place", workload: "database-migrations", job_name: "database-migrations-18301b6e" },
    ],
    [
      { exported_namespace: "place", persistentvolumeclaim: "data-redis-0" },
      { namespace: "place", workload: "redis", persistentvolumeclaim: "data-redis-0" },
    ],
  ])("about %o is about its object", (given, expected) => {
    expect(about(given)).toEqual({ ...expected, instance: `${pod}:metrics` });
  });

  test("about itself stays its own", () => {
    const own = { ...itself, instance: `${pod}:self-metrics`, resource: "*v1.Pod" };
    expect(relabelled(steps, own)).toEqual(own);
  });
});

test("of a kubelet's metrics, only those about the platform's volumes are kept", () => {
  const steps = job("kubelet").metric_relabel_configs ?? [];
  const metric = {
    __name__: "kubelet_volume_stats_available_bytes",
    namespace: "place",
    persistentvolumeclaim: "data-postgresql-0",
    workload: "kubelet",
    node: "one",
  };
  expect(relabelled(steps, metric)).toEqual({ ...metric, workload: "postgresql" });
  expect(relabelled(steps, { ...metric, namespace: "other" })).toBeUndefined();
  expect(relabelled(steps, { ...metric, __name__: "kubelet_running_pods" })).toBeUndefined();
});

test("of cAdvisor's metrics, only those about the platform's containers are kept", () => {
  const steps = job("cadvisor").metric_relabel_configs ?? [];
  const metric = {
    __name__: "container_memory_working_set_bytes",
    namespace: "place-logs",
    pod: "filebeat-x2x9z",
    container: "filebeat",
    workload: "kubelet",
  };
  expect(relabelled(steps, { ...metric, id: "/kubepods", name: "n", image: "i" })).toEqual({
    ...metric,
    workload: "filebeat",
  });
  expect(relabelled(steps, { ...metric, container: "POD" })).toBeUndefined();
  expect(relabelled(steps, { ...metric, container: "" })).toBeUndefined();
  expect(relabelled(steps, { ...metric, namespace: "kube-system" })).toBeUndefined();
});
