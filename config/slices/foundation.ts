import type { FoundationArgs } from "../../components/foundation/index.ts";
import { meshLabel } from "../../components/networking/mesh.ts";
import type { StackConfig } from "../schema.ts";
import { settingsOf } from "./settings.ts";

export function foundationArgs(config: StackConfig): FoundationArgs {
  const { namespace, clusterDomain, deletionProtection, environment, team, rotation } = config;
  const elasticsearchUser = { generation: rotation.elasticsearchUsers, length: 32 };
  return {
    namespace,
    shipperNamespace: shipperNamespaceOf(config),
    clusterDomain,
    deletionProtection: deletionProtection === "enabled",
    environment,
    team,
    settings: settingsOf(config),
    pullSecrets: config.images.pullSecrets,
    ...(config.mesh.form === "ambient" && { meshLabels: meshLabel }),
    credentials: {
      database: { given: config.databasePassword, generation: rotation.database, length: 32 },
      redis: { given: config.redisPassword, generation: rotation.redis, length: 32 },
      jwtSecret: {
        given: config.jwtSecret,
        givenPrevious: config.jwtSecretPrevious,
        generation: rotation.jwtSecret,
        length: 64,
      },
      apiKey: {
        given: config.apiKey,
        givenPrevious: config.apiKeyPrevious,
        generation: rotation.apiKey,
        length: 40,
      },
      prometheusToken: {
        given: config.prometheusToken,
        givenPrevious: config.prometheusTokenPrevious,
        generation: rotation.prometheusToken,
        length: 40,
      },
      databaseMonitoring: { generation: rotation.monitoring, length: 32 },
      redisMonitoring: { generation: rotation.monitoring, length: 32 },
      objectStorage: {
        given: config.objectStorageSecretAccessKey,
        generation: rotation.objectStorage,
        length: 40,
      },
      grafana: { given: config.grafanaPassword, generation: rotation.grafana, length: 32 },
      elastic: { given: config.elasticPassword, generation: rotation.elastic, length: 32 },
      kibanaUser: elasticsearchUser,
      logstashUser: elasticsearchUser,
      jaegerUser: elasticsearchUser,
      grafanaUser: elasticsearchUser,
      elasticsearchExporterUser: elasticsearchUser,
      // Another key would lose what is encrypted with it.
      grafanaSecretKey: { generation: 1, length: 32 },
      kibanaEncryption: { generation: 1, length: 32 },
    },
  };
}

/** Name of the namespace that the shipper of logs has to itself. */
export function shipperNamespaceOf({ namespace }: Pick<StackConfig, "namespace">): string {
  return `${namespace}-logs`;
}
