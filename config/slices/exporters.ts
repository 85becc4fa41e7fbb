import type { Data } from "../../components/data/index.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { ObservabilityArgs } from "../../components/observability/index.ts";
import type { StackConfig } from "../schema.ts";

export function exportersArgs(
  { images, exporters }: Pick<StackConfig, "images" | "exporters">,
  { platform }: Pick<Foundation, "platform">,
  { database, cache }: Pick<Data, "database" | "cache">,
): ObservabilityArgs["exporters"] {
  return {
    postgresql: {
      platform,
      image: images.postgresqlExporter,
      ...exporters.postgresql,
      login: database.monitoring,
    },
    redis: { platform, image: images.redisExporter, ...exporters.redis, login: cache.monitoring },
    elasticsearch: { platform, image: images.elasticsearchExporter, ...exporters.elasticsearch },
  };
}
