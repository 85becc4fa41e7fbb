import type { Foundation } from "../../components/foundation/index.ts";
import type { TracingArgs } from "../../components/observability/tracing/index.ts";
import type { StackConfig } from "../schema.ts";

export function tracingArgs(
  config: Pick<StackConfig, "images" | "jaeger">,
  { platform }: Pick<Foundation, "platform">,
): Omit<TracingArgs, "elasticsearch"> {
  return {
    platform,
    image: config.images.jaeger,
    rolloverImage: config.images.jaegerRollover,
    elasticsearchImage: config.images.elasticsearch,
    ...config.jaeger,
  };
}
