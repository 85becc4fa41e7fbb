import { standards } from "../../components/contract/standards.ts";
import type { Stack } from "./program.ts";

// What the stacks create, written down by kind and system. Names are spelt out: a constant that changes changes a cluster.

/** The platform's namespace in all stacks. */
export const platformNamespace = "iot-verification";

const services = ["api-gateway", ...standards.map(({ id }) => `${id}-verification`)];
const exporters = ["postgresql-exporter", "redis-exporter", "elasticsearch-exporter", "blackbox-exporter"];
const databases = ["postgresql", "redis"];

/** Names of the workloads in the platform's namespace, in all stacks. */
const common = {
  Deployment: [...services, ...exporters, "kube-state-metrics"],
  StatefulSet: [...databases, "object-storage", "grafana"],
  Job: ["database-migrations", "elasticsearch-setup", "object-storage-buckets"],
  CronJob: ["database-backup", "database-restore"],
};

const monitoring = ["prometheus", "alertmanager"];

const logged = { Elasticsearch: ["elasticsearch"], Kibana: ["kibana"], Logstash: ["logstash"] };
const traced = { Deployment: ["jaeger-collector", "jaeger-query"], Job: ["jaeger-indices"] };

/** Those that their forms make another kind of, or others. */
const formed = {
  dev: { Deployment: ["jaeger", "kibana", "logstash"], StatefulSet: ["elasticsearch", ...monitoring] },
  prod: { ...traced, ...logged, Prometheus: ["prometheus"], Alertmanager: ["alertmanager"] },
};

function workloadsOf(stack: Stack): [kind: string, names: readonly string[]][] {
  return [...Object.entries(common), ...Object.entries<readonly string[]>(formed[stack])];
}

/** Those that grow. */
const scaled = {
  dev: services,
  prod: [...services, "jaeger-collector"],
};

/** Those that have more than one pod, or may be scaled to more; an operator keeps the budget of Elasticsearch. */
const replicated = {
  dev: services,
  prod: [...services, "jaeger-collector", "jaeger-query", "kibana", "logstash", ...monitoring],
} as const;

const files = [...databases, "object-storage", "blackbox-exporter", "grafana", "logstash"];

/** Those that have files of configuration. */
const configured = {
  dev: [...files, ...monitoring, "jaeger", "elasticsearch", "kibana"],
  prod: [...files, "jaeger-collector", "jaeger-query"],
};

/** What a client logs in with is `NAME-credentials`. */
const logins = [
  "database",
  "database-monitoring",
  "redis",
  "redis-monitoring",
  "object-storage",
  "api",
  "metrics",
  "grafana",
  "elasticsearch",
  ...["setup", "kibana", "logstash", "jaeger", "grafana", "exporter"].map((user) => `elasticsearch-${user}`),
];

/** The objects of the platform's namespace, as `KIND NAME`. */
function platformObjects(stack: Stack): string[] {
  const workloads = workloadsOf(stack);
  const all = workloads.flatMap(([, names]) => names);
  const transient = ["Job", "CronJob"];
  return [
    ...workloads.flatMap(([kind, names]) => named(kind, names)),
    ...named("ServiceAccount", all),
    ...named("NetworkPolicy", [...all, "default-deny"]),
    ...workloads.flatMap(([kind, names]) => (transient.includes(kind) ? [] : named("Service", names))),
    ...named(
      "Service",
      databases.map((name) => `${name}-pods`),
    ),
    ...named("HorizontalPodAutoscaler", scaled[stack]),
    ...named("PodDisruptionBudget", replicated[stack]),
    ...named(
      "ConfigMap",
      configured[stack].map((name) => `${name}-configuration`),
    ),
    ...named("ConfigMap", ["platform-settings", "database-backup-scripts", "elasticsearch-setup"]),
    ...named(
      "Secret",
      logins.map((name) => `${name}-credentials`),
    ),
    ...named(
      "Secret",
      [...databases, "object-storage", "api-gateway", "grafana"].map(
        (name) => `${name}-accepted-credentials`,
      ),
    ),
    ...named(
      "Secret",
      ["elasticsearch", "kibana", "logstash", "blackbox-exporter"].map((name) => `${name}-certificate`),
    ),
    ...named("Secret", [
      "metrics-tokens",
      "revision-key",
      "platform-authority",
      "elasticsearch-users",
      "kibana-settings",
    ]),
    ...(stack === "dev" ? [] : ["ConfigMap jaeger-indices", "Secret elasticsearch-roles"]),
    ...(stack === "dev" ? [] : meshed),
    ...(stack === "dev" ? [] : operatedObjects),
    ...watched,
    ...fenced,
  ];
}

/** What operators read besides the workloads. */
const operatedObjects = [
  ...named("Secret", ["alertmanager-configuration", "prometheus-additional-configuration"]),
  ...named("ScrapeConfig", ["iot-verification-services", "iot-verification-systems", "probes"]),
  ...named(
    "PrometheusRule",
    [
      ...["backup", "cache", "certificates", "clock", "database", "gateway", "logs", "monitoring"],
      ...["objectives", "probes", "quota", "saturation", "scraping", "storage", "traces"],
      ...["verification", "workloads"],
    ].map((group) => `iot-verification-${group}`),
  ),
];

/** What the mesh knows: strictness, with exceptions, and who may connect to whom accepts anything. */
const meshed = [
  ...named("PeerAuthentication", ["default", "api-gateway", "elasticsearch"]),
  ...named("AuthorizationPolicy", [
    "default",
    ...services,
    ...exporters,
    ...databases,
    ...["object-storage", "prometheus", "alertmanager", "grafana", "kube-state-metrics"],
    ...["jaeger-collector", "jaeger-query", "elasticsearch", "kibana", "logstash"],
  ]),
];

/** What those may read that watch a namespace. */
const watched = ["Role", "RoleBinding"].flatMap((kind) =>
  named(
    kind,
    ["prometheus", "kube-state-metrics"].map((name) => `${platformNamespace}:${name}`),
  ),
);
const fenced = ["LimitRange capacity", "ResourceQuota capacity"];

/** The objects of the shipper's namespace: nothing but Filebeat, and what fences and watches it. */
const shipperObjects = [
  ...["ServiceAccount", "NetworkPolicy"].map((kind) => `${kind} filebeat`),
  "Secret filebeat-certificate",
  "NetworkPolicy default-deny",
  ...watched,
  ...fenced,
];

const meshedShipper = ["Beat filebeat", "PeerAuthentication default", "AuthorizationPolicy default"];
const shippers = {
  dev: ["DaemonSet filebeat", "ConfigMap filebeat-configuration"],
  prod: meshedShipper,
};

/** Prometheus finds and scrapes the kubelets, which are in no namespace. */
const clusterObjects = [
  `Namespace ${platformNamespace}`,
  `Namespace ${platformNamespace}-logs`,
  `ClusterRole ${platformNamespace}:prometheus`,
  `ClusterRoleBinding ${platformNamespace}:prometheus`,
];

/** Every object of a stack, as `NAMESPACE: KIND NAME`, sorted; those in no namespace begin with the colon. */
export function objectsOf(stack: Stack): string[] {
  return [
    ...platformObjects(stack).map((object) => `${platformNamespace}: ${object}`),
    ...[...shipperObjects, ...shippers[stack]].map((object) => `${platformNamespace}-logs: ${object}`),
    ...clusterObjects.map((object) => `: ${object}`),
  ].sort();
}

function named(kind: string, names: readonly string[]): string[] {
  return names.map((name) => `${kind} ${name}`);
}
