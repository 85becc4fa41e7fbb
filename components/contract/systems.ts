/**
 * The systems that the platform is made of besides its own services: their names, and the ports that they listen on. What
 * addresses a system takes both from here, so that Services, network policies and configurations cannot drift apart.
 */

/** Names of systems, which are those of their workloads, Services and ServiceAccounts inside the namespace. */
export const systemNames = {
  objectStorage: "object-storage",
  buckets: "object-storage-buckets",
  backup: "database-backup",
  restore: "database-restore",
  databaseExporter: "postgresql-exporter",
  cacheExporter: "redis-exporter",
  prometheus: "prometheus",
  alertmanager: "alertmanager",
  stateMetrics: "kube-state-metrics",
  probes: "blackbox-exporter",
  metricsServer: "metrics-server",
  grafana: "grafana",
  jaeger: "jaeger",
  jaegerCollector: "jaeger-collector",
  jaegerQuery: "jaeger-query",
  jaegerIndices: "jaeger-indices",
  elasticsearch: "elasticsearch",
  elasticsearchSetup: "elasticsearch-setup",
  elasticsearchExporter: "elasticsearch-exporter",
  logstash: "logstash",
  kibana: "kibana",
  filebeat: "filebeat",
} as const;

/**
 * TCP ports of the systems' pods, and UDP ports, whose names end in `-udp`; their Services have the same. A port whose name is `metrics`, or ends in `-metrics`, is
 * scraped at `/metrics`.
 */
export const systemPorts = {
  objectStorage: { s3: 9000, metrics: 9102 },
  databaseExporter: { metrics: 9187 },
  cacheExporter: { metrics: 9121 },
  prometheus: { "http-metrics": 9090 },
  alertmanager: { "http-metrics": 9093, "mesh-tcp": 9094, "mesh-udp": 9094 },
  stateMetrics: { metrics: 8080, "self-metrics": 8081 },
  probes: { "http-metrics": 9115 },
  metricsServer: { https: 10250 },
  grafana: { "http-metrics": 3000 },
  jaeger: { "otlp-http": 4318, query: 16686, metrics: 8888, health: 13133 },
  jaegerCollector: { "otlp-http": 4318, metrics: 8888, health: 13133 },
  jaegerQuery: { query: 16686, metrics: 8888, health: 13133 },
  elasticsearch: { https: 9200, transport: 9300 },
  elasticsearchExporter: { metrics: 9114 },
  logstash: { beats: 5044, api: 9600 },
  kibana: { https: 5601 },
} as const satisfies Partial<Record<keyof typeof systemNames, Readonly<Record<string, number>>>>;

/** A container port that Prometheus scrapes has such a name. */
export const metricsPortName = /^(.+-)?metrics$/;
