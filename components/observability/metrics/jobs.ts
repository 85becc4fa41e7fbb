import { credentialsDirectory } from "../../contract/runtime.ts";
import { metricsPortName, systemNames, systemPorts } from "../../contract/systems.ts";
import { type Component, platformName } from "../../foundation/labels.ts";
import { serviceHost } from "../../foundation/settings.ts";
import type { Probed } from "./probed.ts";
import type { PrometheusConfiguration } from "./prometheus-inputs.ts";
import {
  constant,
  copy,
  drop,
  keep,
  type Relabel,
  set,
  without,
  workloadOfOperator,
  workloadOfPod,
} from "./relabel.ts";

/** https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config */
export interface ScrapeJob {
  readonly job_name: string;
  readonly [option: string]: unknown;
}

/** Directory with the token that the platform's own workloads ask for, entry `token`. */
export const tokenDirectory = `${credentialsDirectory}/metrics`;

/** Where a pod finds its account's token and the cluster's certificate authority. */
const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Components whose workloads are our own, and ask for the token. */
const ownComponents = (["gateway", "verifier"] satisfies Component[]).join("|");

/** What a target may give at most, so that a broken one harms nobody else. */
const limits = {
  honor_labels: false,
  sample_limit: 20_000,
  target_limit: 500,
  label_limit: 40,
  label_name_length_limit: 200,
  label_value_length_limit: 2000,
} as const;

/** Everything that is scraped. */
export function scrapeJobs(configuration: PrometheusConfiguration): ScrapeJob[] {
  return [
    ownServices(configuration),
    systems(configuration),
    volumes(configuration),
    containers(configuration),
    probes(configuration),
  ];
}

/** Gateway and verifiers, more often than the rest, as the objectives are about them. */
function ownServices({ namespaces, serviceScrapeSeconds }: PrometheusConfiguration): ScrapeJob {
  return {
    job_name: "iot-verification-services",
    scrape_interval: `${serviceScrapeSeconds}s`,
    ...timeoutOf(serviceScrapeSeconds),
    ...limits,
    body_size_limit: "8MB",
    authorization: { type: "Bearer", credentials_file: `${tokenDirectory}/token` },
    kubernetes_sd_configs: [podsIn([namespaces.platform])],
    relabel_configs: [...metricsPorts, keep(podLabel("component"), ownComponents), ...targetLabels],
  };
}

/** Every other pod of the platform that says by the name of a port that it has metrics. */
function systems(configuration: PrometheusConfiguration): ScrapeJob {
  const { namespaces } = configuration;
  return {
    job_name: "iot-verification-systems",
    ...limits,
    body_size_limit: "32MB",
    kubernetes_sd_configs: [podsIn([namespaces.platform, namespaces.shipper])],
    relabel_configs: [...metricsPorts, drop(podLabel("component"), ownComponents), ...targetLabels],
    metric_relabel_configs: [...objectLabels, ...ofOperator(configuration)],
  };
}

const podLabel = (name: string) =>
  `__meta_kubernetes_pod_label_app_kubernetes_io_${name.replaceAll("-", "_")}`;

function podsIn(names: readonly string[]) {
  return { role: "pod", namespaces: { names } };
}

/** Ports of the platform's running pods whose name says that they serve metrics. */
const metricsPorts: readonly Relabel[] = [
  keep(podLabel("part-of"), platformName),
  keep("__meta_kubernetes_pod_phase", "Running"),
  drop("__meta_kubernetes_pod_container_init", "true"),
  keep("__meta_kubernetes_pod_container_port_protocol", "TCP"),
  // Prometheus takes an expression as if it were anchored already.
  keep("__meta_kubernetes_pod_container_port_name", metricsPortName.source.replace(/^\^|\$$/g, "")),
];

/** The address changes with every pod; what tells a target apart is which port of which pod it is. */
const targetLabels: readonly Relabel[] = [
  copy("__meta_kubernetes_namespace", "namespace"),
  copy("__meta_kubernetes_pod_name", "pod"),
  copy(podLabel("name"), "workload"),
  copy(podLabel("component"), "component"),
  set("instance", {
    from: ["__meta_kubernetes_pod_name", "__meta_kubernetes_pod_container_port_name"],
    regex: "(.+);(.+)",
    to: "$1:$2",
  }),
];

/**
 * What kube-state-metrics tells is about other objects, whose namespace, pod and workload take the place of its own. Its
 * metrics about itself are on another port.
 */
const objectLabels: readonly Relabel[] = (() => {
  const about = (labels: readonly string[]) => ["instance", ...labels];
  const itself = `${systemNames.stateMetrics}-.+:metrics`;
  const named = "deployment|statefulset|daemonset|cronjob|horizontalpodautoscaler|poddisruptionbudget".split(
    "|",
  );
  return [
    set("namespace", { from: about(["exported_namespace"]), regex: `${itself};(.+)`, to: "$1" }),
    set("pod", { from: about(["exported_pod"]), regex: `${itself};(.*)`, to: "$1" }),
    set("workload", { from: about([]), regex: itself, to: "" }),
    ...named.map((kind) => set("workload", { from: about([kind]), regex: `${itself};(.+)`, to: "$1" })),
    // A Job's own name ends in a checksum or a time, the claim's in the name and number of its pod.
    set("workload", { from: about(["job_name"]), regex: `${itself};(.+)-[a-z0-9]{6,10}`, to: "$1" }),
    set("workload", {
      from: about(["persistentvolumeclaim"]),
      regex: `${itself};data-(.+)-[0-9]+`,
      to: "$1",
    }),
    ...workloadOfPod("exported_pod"),
    set("component", { from: about([]), regex: itself, to: "" }),
    without("exported_(namespace|pod)|uid"),
  ];
})();

/** Use of the platform's volumes, by the kubelets of all nodes. */
function volumes(configuration: PrometheusConfiguration): ScrapeJob {
  return {
    ...kubelet(configuration),
    job_name: "kubelet",
    metrics_path: "/metrics",
    metric_relabel_configs: [
      keep("__name__", "kubelet_volume_stats_(available_bytes|capacity_bytes|used_bytes|inodes|inodes_free)"),
      ...ofThisPlatform(configuration),
      set("workload", { from: "persistentvolumeclaim", regex: "data-(.+)-[0-9]+", to: "$1" }),
      ...ofOperator(configuration),
    ],
  };
}

/** CPU and memory of the platform's containers, by the kubelets of all nodes. */
function containers(configuration: PrometheusConfiguration): ScrapeJob {
  return {
    ...kubelet(configuration),
    job_name: "cadvisor",
    metrics_path: "/metrics/cadvisor",
    metric_relabel_configs: [
      keep(
        "__name__",
        "container_(cpu_usage_seconds_total|cpu_cfs_periods_total|cpu_cfs_throttled_periods_total|memory_working_set_bytes|memory_rss|memory_mapped_file)",
      ),
      ...ofThisPlatform(configuration),
      // Sums over a pod, and the container that holds its network.
      drop("container", "|POD"),
      without("id|name|image"),
      ...workloadOfPod("pod"),
      ...ofOperator(configuration),
    ],
  };
}

/**
 * A kubelet asks the API server whether the bearer of the token may read its metrics. Its certificate is signed by itself
 * in most clusters.
 */
function kubelet({ kubeletCertificates }: PrometheusConfiguration) {
  const verify =
    kubeletCertificates === "verified" ? { ca_file: `${account}/ca.crt` } : { insecure_skip_verify: true };
  return {
    ...limits,
    // As many as there are nodes: beyond a limit, Prometheus scrapes none of them.
    target_limit: 0,
    body_size_limit: "64MB",
    scheme: "https",
    tls_config: verify,
    authorization: { type: "Bearer", credentials_file: `${account}/token` },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [
      copy("__meta_kubernetes_node_name", "node"),
      copy("__meta_kubernetes_node_name", "instance"),
      constant("workload", "kubelet"),
    ],
  };
}

/** The last step: workloads have the same names in every form. */
function ofOperator({ operated = false }: PrometheusConfiguration): Relabel[] {
  return operated ? workloadOfOperator() : [];
}

/** Of what is told about the whole node, what belongs to the platform's namespaces. */
function ofThisPlatform({ namespaces }: PrometheusConfiguration): Relabel[] {
  return [keep("namespace", `${namespaces.platform}|${namespaces.shipper}`), constant("workload", "")];
}

/** What the blackbox exporter asks for us: https://github.com/prometheus/blackbox_exporter#prometheus-configuration */
function probes({ namespaces, clusterDomain, probed }: PrometheusConfiguration): ScrapeJob {
  const place = { namespace: namespaces.platform, clusterDomain };
  const exporter = `${serviceHost(systemNames.probes, place)}:${systemPorts.probes["http-metrics"]}`;
  return {
    job_name: "probes",
    ...limits,
    body_size_limit: "1MB",
    metrics_path: "/probe",
    static_configs: probed.map((system) => ({
      targets: [addressOf(system, serviceHost(system.workload, place))],
      labels: { __param_module: system.module, namespace: namespaces.platform, workload: system.workload },
    })),
    relabel_configs: [
      copy("__address__", "__param_target"),
      copy("__param_target", "instance"),
      constant("__address__", exporter),
    ],
  };
}

function addressOf({ module, port, path = "" }: Probed, host: string): string {
  return module === "http" ? `http://${host}:${port}${path}` : `${host}:${port}`;
}

/** A scrape may take as long as the next one is away, but no longer than ten seconds, which is Prometheus' own limit. */
function timeoutOf(seconds: number) {
  return { scrape_timeout: `${Math.min(seconds, 10)}s` };
}
