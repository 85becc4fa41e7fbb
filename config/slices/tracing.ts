import { systemNames, systemPorts } from "../../components/contract/systems.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import { serviceHost } from "../../components/foundation/settings.ts";
import type { TracingArgs } from "../../components/observability/tracing/index.ts";
import type { StackConfig } from "../schema.ts";
import { shardCopies } from "./logging.ts";

export function tracingArgs(
  config: Pick<StackConfig, "images" | "jaeger" | "logging" | "autoscaling">,
  { platform }: Pick<Foundation, "platform">,
): Omit<TracingArgs, "elasticsearch"> {
  const { replicas, resources } = config.jaeger;
  return {
    platform,
    image: config.images.jaeger,
    rolloverImage: config.images.jaegerRollover,
    elasticsearchImage: config.images.elasticsearch,
    copies: shardCopies(config),
    replicas,
    resources,
    distributed: distributedOf(config),
  };
}

function distributedOf({ jaeger, autoscaling }: Pick<StackConfig, "jaeger" | "autoscaling">) {
  if (jaeger.form === "all-in-one") return undefined;
  const { maxReplicas, cpuUtilization, ...collector } = jaeger.collector;
  const scaling = autoscaling.metrics === "none" ? undefined : { maximum: maxReplicas, cpuUtilization };
  return { collector: { ...collector, scaling }, query: jaeger.query };
}

type Place = Pick<StackConfig, "jaeger" | "namespace" | "clusterDomain">;

/** Base URL of the OTLP/HTTP receiver of Jaeger. */
export function otlpUrl(config: Place): string {
  const { jaeger, jaegerCollector } = systemNames;
  const name = config.jaeger.form === "distributed" ? jaegerCollector : jaeger;
  return `http://${serviceHost(name, config)}:${systemPorts.jaegerCollector["otlp-http"]}`;
}

/** URL of Jaeger's pages and of its API. */
export function jaegerUrl(config: Place): string {
  const { jaeger, jaegerQuery } = systemNames;
  const name = config.jaeger.form === "distributed" ? jaegerQuery : jaeger;
  return `http://${serviceHost(name, config)}:${systemPorts.jaegerQuery.query}`;
}

/** The workloads of Jaeger that the configured form does not have. */
export function absentJaeger({ jaeger }: Pick<StackConfig, "jaeger">): string[] {
  return jaeger.form === "distributed"
    ? [systemNames.jaeger]
    : [systemNames.jaegerCollector, systemNames.jaegerQuery];
}
