import type { Foundation } from "../../components/foundation/index.ts";
import type { LoggingForm, Snapshots } from "../../components/observability/logging/elasticsearch/forms.ts";
import type { LoggingArgs } from "../../components/observability/logging/index.ts";
import { versionOf } from "../../components/observability/logging/operator.ts";
import type { Storage } from "../../components/storage/index.ts";
import type { StackConfig } from "../schema.ts";

type Configured = Pick<StackConfig, "images" | "logging" | "capacity" | "objectStorage" | "namespace">;

export function loggingArgs(
  config: Configured,
  { platform, credentials }: Pick<Foundation, "platform" | "credentials">,
  { objectStorage }: Pick<Storage, "objectStorage">,
): LoggingArgs {
  const { images, logging, capacity } = config;
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
    form: formOf(config, objectStorage),
    elasticsearch: { image: images.elasticsearch, ...elasticsearch },
    logstash: { image: images.logstash, ...logstash },
    kibana: { image: images.kibana, ...kibana },
    filebeat: { image: images.filebeat, nodes: capacity.nodes, ...filebeat },
  };
}

function formOf(config: Configured, objectStorage: Storage["objectStorage"]): LoggingForm {
  const { images, logging } = config;
  const { nodes, memoryMaps, snapshots } = logging.elasticsearch;
  switch (logging.form) {
    case "embedded":
      return { kind: "embedded" };
    case "operator":
      return {
        kind: "operator",
        // An image without one is refused with the configuration.
        version: versionOf(images.elasticsearch) ?? "",
        nodes,
        memoryMaps,
        queueClass: logging.logstash.storageClass,
        snapshots: snapshots.store === "none" ? undefined : snapshotsOf(config, objectStorage),
      };
    case "external":
      return externalForm(logging.external);
  }
}

function snapshotsOf(config: Configured, { endpoint, credential }: Storage["objectStorage"]): Snapshots {
  const { bucket, region } = config.objectStorage;
  const { schedule, days } = config.logging.elasticsearch.snapshots;
  return {
    endpoint,
    region,
    bucket,
    credential,
    folder: `elasticsearch/${config.namespace}`,
    schedule,
    days,
  };
}

/** One without URL or authority is refused with the configuration. */
function externalForm(external: StackConfig["logging"]["external"]): LoggingForm {
  const { url = "", authority = "", username, copies } = external;
  const { hostname, port } = new URL(url);
  const known = { host: hostname, port: port === "" ? 443 : Number(port) };
  return { kind: "external", ...known, authority, superuser: username, copies };
}

/** Copies of each shard beside the first, in the form that is configured. */
export function shardCopies({ logging }: Pick<StackConfig, "logging">): number {
  return { embedded: 0, operator: 1, external: logging.external.copies }[logging.form];
}
