import type { Foundation } from "../../components/foundation/index.ts";
import type { LoggingArgs } from "../../components/observability/logging/index.ts";
import type { StackConfig } from "../schema.ts";

export function loggingArgs(
  { images, logging, capacity }: Pick<StackConfig, "images" | "logging" | "capacity">,
  { platform, credentials }: Pick<Foundation, "platform" | "credentials">,
): LoggingArgs {
  const { elasticsearch, logstash, kibana, filebeat } = logging;
  return {
    platform,
    credentials: {
      elastic: credentials.elastic,
      kibana: credentials.kibanaUser,
      logstash: credentials.logstashUser,
      jaeger: credentials.jaegerUser,
      grafana: credentials.grafanaUser,
      exporter: credentials.elasticsearchExporterUser,
      kibanaEncryption: credentials.kibanaEncryption,
    },
    elasticsearch: { image: images.elasticsearch, ...elasticsearch },
    logstash: { image: images.logstash, ...logstash },
    kibana: { image: images.kibana, ...kibana },
    filebeat: { image: images.filebeat, nodes: capacity.nodes, ...filebeat },
  };
}
