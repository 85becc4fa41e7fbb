import { serviceNames } from "../contract/runtime.ts";
import { metricsPortName, systemNames } from "../contract/systems.ts";
import { type Endpoint, isOutside, outsideParties, podPorts, verifiers, type Workload } from "./endpoints.ts";

/** A connection that one party may open to another; whatever is no flow is refused. */
export interface Flow {
  /** Who opens the connection. */
  readonly from: Endpoint;
  /** Who accepts it. */
  readonly to: Endpoint;
  /** Name of a port of the accepting pods; of a party outside, the word for its configured ports. */
  readonly port: string;
  /** What for: completes "`from` … `to`". */
  readonly why: string;
}

/** What of a deployment decides which parties there are. */
export interface Shape {
  /** The engine of object storage; `external` is one that the platform does not run. */
  readonly objectStorage: "versitygw" | "seaweedfs" | "external";
  /** Whether the platform brings metrics-server along. */
  readonly metricsServer: boolean;
  /** Whether alerts are sent to anyone outside. */
  readonly alertReceivers: boolean;
  /** Who takes traces: the platform's Jaeger, a collector elsewhere, or nobody. */
  readonly traces: "jaeger" | "external" | "none";
  /** Whether Jaeger is one workload, or one that takes traces and one that answers questions. */
  readonly jaeger: "all-in-one" | "distributed";
  /** Who runs Elasticsearch: the platform, the operator of Elastic, or somebody else. */
  readonly logs: "embedded" | "operator" | "external";
  /** Who runs Prometheus and Alertmanager: the platform, or the operator of Prometheus. */
  readonly metrics: "embedded" | "operator";
}

interface Declaration extends Omit<Flow, "from" | "to"> {
  readonly from: readonly Endpoint[];
  readonly to: readonly Endpoint[];
  /** @default wherever both ends are there */
  readonly when?: (shape: Shape) => boolean;
}

const services = [serviceNames.gateway, ...verifiers];
const traced = [...services, serviceNames.migrations];
const tracers = [systemNames.jaeger, systemNames.jaegerCollector];
const traceReaders = [systemNames.jaeger, systemNames.jaegerQuery];
const elasticsearch = [systemNames.elasticsearch, "elasticsearchOutside"] as const;
const isOperated = ({ logs }: Shape) => logs === "operator";
const archivers = [systemNames.backup, systemNames.restore, systemNames.buckets];

/** Every permitted flow except the two kinds that follow from others: scrapes of metrics, and questions to DNS. */
const declarations: readonly Declaration[] = [
  { from: ["gatewayClients"], to: [serviceNames.gateway], port: "http", why: "call the API of" },

  {
    from: [...traced, systemNames.backup, systemNames.restore],
    to: [serviceNames.database],
    port: "postgresql",
    why: "works with the data in",
  },
  { from: services, to: [serviceNames.redis], port: "redis", why: "caches in" },
  { from: traced, to: tracers, port: "otlp-http", why: "sends traces to" },
  { from: traced, to: ["traceCollector"], port: "otlp-http", why: "sends traces to" },
  { from: archivers, to: [systemNames.objectStorage], port: "s3", why: "keeps backups in" },
  { from: archivers, to: ["objectStorageOutside"], port: "s3", why: "keeps backups in" },

  {
    from: [systemNames.databaseExporter],
    to: [serviceNames.database],
    port: "postgresql",
    why: "reads statistics of",
  },
  { from: [systemNames.cacheExporter], to: [serviceNames.redis], port: "redis", why: "reads statistics of" },
  {
    from: [systemNames.elasticsearchExporter],
    to: elasticsearch,
    port: "https",
    why: "reads statistics of",
  },

  { from: [systemNames.filebeat], to: [systemNames.logstash], port: "beats", why: "ships logs to" },
  { from: [systemNames.logstash], to: elasticsearch, port: "https", why: "writes logs to" },
  { from: tracers, to: elasticsearch, port: "https", why: "keeps traces in" },
  { from: [systemNames.jaegerQuery], to: elasticsearch, port: "https", why: "searches traces in" },
  {
    from: [systemNames.elasticsearchSetup, systemNames.jaegerIndices],
    to: elasticsearch,
    port: "https",
    why: "prepares indices of",
  },
  { from: [systemNames.kibana], to: elasticsearch, port: "https", why: "searches" },
  {
    from: [systemNames.elasticsearch],
    to: [systemNames.elasticsearch],
    port: "transport",
    why: "shares data with",
    when: isOperated,
  },
  // A node that ends tells the others so.
  {
    from: ["elasticOperator", systemNames.elasticsearch],
    to: [systemNames.elasticsearch],
    port: "https",
    why: "manages",
    when: isOperated,
  },
  {
    from: [systemNames.elasticsearch],
    to: [systemNames.objectStorage, "objectStorageOutside"],
    port: "s3",
    why: "keeps snapshots in",
    when: isOperated,
  },

  { from: [systemNames.grafana], to: elasticsearch, port: "https", why: "searches logs in" },
  { from: [systemNames.grafana], to: [systemNames.prometheus], port: "http-metrics", why: "queries" },
  {
    from: [systemNames.grafana],
    to: [systemNames.alertmanager],
    port: "http-metrics",
    why: "shows alerts of",
  },
  { from: [systemNames.grafana], to: traceReaders, port: "query", why: "searches traces in" },

  {
    from: [systemNames.prometheus],
    to: [systemNames.alertmanager],
    port: "http-metrics",
    why: "sends alerts to",
  },
  ...["mesh-tcp", "mesh-udp"].map((port) => ({
    from: [systemNames.alertmanager],
    to: [systemNames.alertmanager],
    port,
    why: "shares silences with",
    when: ({ metrics }: Shape) => metrics === "operator",
  })),
  {
    from: [systemNames.prometheus],
    to: [systemNames.probes],
    port: "http-metrics",
    why: "has probes made by",
  },
  { from: [systemNames.prometheus], to: ["kubernetesApi"], port: "https", why: "finds targets through" },
  { from: [systemNames.prometheus], to: ["kubelets"], port: "https", why: "scrapes" },
  { from: [systemNames.probes], to: [serviceNames.gateway], port: "http", why: "probes" },
  { from: [systemNames.probes], to: [systemNames.objectStorage], port: "s3", why: "probes" },
  { from: [systemNames.probes], to: [systemNames.elasticsearch], port: "https", why: "probes" },
  { from: [systemNames.probes], to: [systemNames.kibana], port: "https", why: "probes" },
  { from: [systemNames.probes], to: [systemNames.logstash], port: "beats", why: "probes" },
  { from: [systemNames.alertmanager], to: ["alertReceivers"], port: "receiver", why: "notifies" },

  { from: [systemNames.stateMetrics], to: ["kubernetesApi"], port: "https", why: "watches objects of" },
  { from: [systemNames.metricsServer], to: ["kubernetesApi"], port: "https", why: "finds nodes through" },
  { from: [systemNames.metricsServer], to: ["kubelets"], port: "https", why: "reads usage from" },
  { from: ["kubernetesApi"], to: [systemNames.metricsServer], port: "https", why: "has usage told by" },
];

/** Workloads whose pods an operator makes of a resource. */
export function operatedWorkloads({ logs, metrics }: Shape): readonly Workload[] {
  const { elasticsearch, kibana, logstash, filebeat, prometheus, alertmanager } = systemNames;
  return [
    ...(logs === "operator" ? [elasticsearch, kibana, logstash, filebeat] : []),
    ...(metrics === "operator" ? [prometheus, alertmanager] : []),
  ];
}

/** Every flow that a deployment of this shape permits. */
export function flowsOf(shape: Shape): Flow[] {
  const absent = absentFrom(shape);
  const declared = declarations.filter(({ when }) => when === undefined || when(shape));
  const flows = [...declared.flatMap(each), ...scrapes()].filter(
    ({ from, to }) => !absent.has(from) && !absent.has(to),
  );
  return [...flows, ...questions(flows)];
}

function absentFrom(shape: Shape): ReadonlySet<Endpoint> {
  const presence: readonly (readonly [Endpoint, boolean])[] = [
    [systemNames.objectStorage, shape.objectStorage !== "external"],
    ["objectStorageOutside", shape.objectStorage === "external"],
    ["traceCollector", shape.traces === "external"],
    [systemNames.jaeger, shape.jaeger === "all-in-one"],
    ...[systemNames.jaegerCollector, systemNames.jaegerQuery, systemNames.jaegerIndices].map(
      (part) => [part, shape.jaeger === "distributed"] as const,
    ),
    [systemNames.elasticsearch, shape.logs !== "external"],
    ["elasticsearchOutside", shape.logs === "external"],
    ["elasticOperator", shape.logs === "operator"],
    [systemNames.metricsServer, shape.metricsServer],
    ["alertReceivers", shape.alertReceivers],
  ];
  return new Set(presence.filter(([, present]) => !present).map(([endpoint]) => endpoint));
}

function each({ from, to, port, why }: Declaration): Flow[] {
  return from.flatMap((source) => to.map((target) => ({ from: source, to: target, port, why })));
}

/** Whatever port says by its name that it has metrics is scraped. */
function scrapes(): Flow[] {
  return [...podPorts].flatMap(([workload, ports]) =>
    Object.keys(ports)
      .filter((port) => metricsPortName.test(port))
      .map((port) => ({ from: systemNames.prometheus, to: workload, port, why: "scrapes" })),
  );
}

/** Who opens a connection to anything that is found by name asks DNS first; who knows addresses only does not. */
function questions(flows: readonly Flow[]): Flow[] {
  const asking = flows
    .filter(({ from, to }) => !isOutside(from) && isFoundByName(to))
    .map(({ from }) => from);
  return [...new Set(asking)].map((from) => ({ from, to: "dns", port: "dns", why: "asks" }));
}

function isFoundByName(endpoint: Endpoint): boolean {
  return !isOutside(endpoint) || outsideParties[endpoint].foundBy === "name";
}
