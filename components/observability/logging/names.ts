/**
 * What is kept in Elasticsearch under which name. Whoever reads or writes it takes the names from here.
 */

/** The data stream of the logs, by the naming scheme of https://www.elastic.co/docs/reference/fleet/data-streams */
export const logStream = { type: "logs", dataset: "iot_verification", namespace: "default" } as const;

/** Name of the data stream of the logs. */
export const logStreamName = `${logStream.type}-${logStream.dataset}-${logStream.namespace}`;

/** Index lifecycle policies: of the logs, and of the traces that Jaeger keeps. */
export const lifecyclePolicies = {
  logs: "iot-verification-logs",
  traces: "iot-verification-traces",
} as const;

/** Entry of a Secret with the certificate of the authority that signs every certificate here, in PEM. */
export const authorityEntry = "ca.crt";

/** The programs that log in to Elasticsearch; the Secret of each is `elasticsearch-CLIENT-credentials`. */
export const elasticsearchClients = ["kibana", "logstash", "jaeger", "grafana", "exporter"] as const;

/** A program that logs in to Elasticsearch. */
export type ElasticsearchClient = (typeof elasticsearchClients)[number];
