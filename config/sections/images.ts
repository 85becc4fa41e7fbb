import { z } from "zod";
import { standards } from "../../components/contract/standards.ts";
import { dnsName, field, imageRegistry, pinnedImage, postgresqlImage } from "../fields.ts";

/** Published images of the systems, each by the name of its program. */
const systemImages = {
  versitygw: published("ghcr.io/versity/versitygw:v1.8.0"),
  seaweedfs: published("docker.io/chrislusf/seaweedfs:4.44"),
  prometheus: published("docker.io/prom/prometheus:v3.16.0"),
  alertmanager: published("docker.io/prom/alertmanager:v0.34.2"),
  kubeStateMetrics: published("registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.18.0"),
  postgresqlExporter: published("quay.io/prometheuscommunity/postgres-exporter:v0.18.1"),
  redisExporter: published("docker.io/oliver006/redis_exporter:v1.80.0"),
  elasticsearchExporter: published("quay.io/prometheuscommunity/elasticsearch-exporter:v1.9.0"),
  statsdExporter: published("quay.io/prometheus/statsd-exporter:v0.28.0"),
  blackboxExporter: published("quay.io/prometheus/blackbox-exporter:v0.28.0"),
  metricsServer: published("registry.k8s.io/metrics-server/metrics-server:v0.8.1"),
  grafana: published("docker.io/grafana/grafana:13.2.0"),
  jaeger: published("docker.io/jaegertracing/jaeger:2.20.0"),
  jaegerRollover: published("docker.io/jaegertracing/jaeger-es-rollover:2.20.0"),
  elasticsearch: published("docker.elastic.co/elasticsearch/elasticsearch:9.4.3"),
  logstash: published("docker.elastic.co/logstash/logstash:9.4.3"),
  kibana: published("docker.elastic.co/kibana/kibana:9.4.3"),
  filebeat: published("docker.elastic.co/beats/filebeat:9.4.3"),
};

function published(image: string) {
  return pinnedImage(image).default(image);
}

export const images = z.strictObject({
  registry: imageRegistry("ghcr.io/iot-verification").default("ghcr.io/iot-verification"),
  tag: field(
    z
      .string()
      .max(128)
      .regex(/^v?\d+(\.\d+)+[\w.-]*$/),
    {
      allowed: "a tag that begins with a version (never latest), quoted if it looks like a number",
      example: '"0.1.0"',
    },
  ).default("0.1.0"),
  overrides: z
    .partialRecord(
      z.enum([
        "api-gateway",
        "database-migrations",
        "object-storage",
        ...standards.map(({ id }) => `${id}-verification` as const),
      ]),
      pinnedImage("ghcr.io/iot-verification/api-gateway:0.1.1"),
    )
    .default({}),
  /** The pod is made for the Debian variant of the official image; data of one major version is for that version. */
  postgresql: postgresqlImage("docker.io/library/postgres:17.11-bookworm").default(
    "docker.io/library/postgres:17.11-bookworm",
  ),
  redis: pinnedImage("docker.io/library/redis:8.2.10").default("docker.io/library/redis:8.2.10"),
  ...systemImages,
  pullSecrets: field(z.array(dnsName("registry-credentials")).max(8), {
    allowed: "a list of at most 8 names of Secrets",
    example: "[registry-credentials]",
  }).default([]),
});
