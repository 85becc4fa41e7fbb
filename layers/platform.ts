import { Autoscaling } from "../components/autoscaling/index.ts";
import { Backup } from "../components/backup/index.ts";
import { Data } from "../components/data/index.ts";
import { Capacity } from "../components/foundation/capacity.ts";
import { connect } from "../components/foundation/cluster.ts";
import { Foundation } from "../components/foundation/index.ts";
import { Gateway } from "../components/gateway/index.ts";
import { Networking } from "../components/networking/index.ts";
import { Observability } from "../components/observability/index.ts";
import { Logging } from "../components/observability/logging/index.ts";
import { Storage } from "../components/storage/index.ts";
import { Verification } from "../components/verification/index.ts";
import type { ParsedConfig } from "../config/index.ts";
import { autoscalingArgs } from "../config/slices/autoscaling.ts";
import { backupArgs } from "../config/slices/backup.ts";
import { dataArgs } from "../config/slices/data.ts";
import { foundationArgs } from "../config/slices/foundation.ts";
import { gatewayArgs } from "../config/slices/gateway.ts";
import { loggingArgs } from "../config/slices/logging.ts";
import { networkingArgs } from "../config/slices/networking.ts";
import { observabilityArgs } from "../config/slices/observability.ts";
import { storageArgs } from "../config/slices/storage.ts";
import { verificationArgs } from "../config/slices/verification.ts";
import { requireOperators } from "./requirements.ts";

/**
 * The platform: every tier, in one namespace and the shipper's.
 *
 * @returns the stack's outputs
 * @throws pulumi.RunError that says which operators the cluster lacks, before anything is created
 */
export async function platformLayer(config: ParsedConfig) {
  await requireOperators(config);
  const options = { providers: [connect("cluster", config.cluster)] };

  const foundation = new Foundation("foundation", foundationArgs(config), options);
  const { platform } = foundation;
  const storage = new Storage("storage", storageArgs(config, foundation), options);
  // Before the other tiers: Elasticsearch takes longest to start, and the engine begins with what is asked for first.
  const logging = new Logging("logging", loggingArgs(config, foundation, storage), options);
  new Networking("networking", networkingArgs(config, foundation), options);
  const data = new Data("data", dataArgs(config, foundation), options);
  const backup = new Backup("backup", backupArgs(config, foundation, data, storage), options);
  const verification = new Verification("verification", verificationArgs(config, foundation, data), options);
  const gateway = new Gateway("gateway", gatewayArgs(config, foundation, data), options);
  const autoscaling = new Autoscaling("autoscaling", autoscalingArgs(config, foundation), options);
  const observability = new Observability(
    "observability",
    observabilityArgs(config, foundation, { logging, data, verification, gateway }),
    options,
  );
  const tiers = [logging, storage, data, backup, verification, gateway, autoscaling, observability];
  const demands = tiers.flatMap((tier) => tier.demands);
  new Capacity("capacity", { namespace: platform.namespace, demands }, options);
  new Capacity(
    "shipper-capacity",
    { namespace: platform.shipperNamespace, demands: logging.shipperDemands },
    options,
  );

  return {
    /** Name of the namespace that the platform lives in. */
    namespace: platform.namespace,
    /** URL of the API inside the cluster. */
    gatewayUrl: gateway.url,
    /** URL of each standard's verifier inside the cluster, by the standard's id. */
    verificationUrls: verification.urls,
    /** Address of PostgreSQL inside the cluster, `HOST:PORT`. */
    databaseEndpoint: data.database.endpoint,
    /** Address of Redis inside the cluster, `HOST:PORT`. */
    cacheEndpoint: data.cache.endpoint,
    /** URL of the S3 API and name of the bucket that backups are in. */
    objectStorage: {
      endpoint: storage.objectStorage.endpoint,
      bucket: storage.objectStorage.bucket,
    },
    /** URLs of the systems to look at the platform with, inside the cluster. */
    prometheusUrl: observability.metrics.prometheusUrl,
    alertmanagerUrl: observability.metrics.alertmanagerUrl,
    grafanaUrl: observability.dashboards.url,
    jaegerUrl: observability.tracing.queryUrl,
    elasticsearchUrl: logging.elasticsearchUrl,
    kibanaUrl: logging.kibanaUrl,
    /** Names of the Secrets to read credentials from, by what they open. */
    credentialSecrets: {
      database: data.database.credential.secret,
      cache: data.cache.credential.secret,
      objectStorage: storage.objectStorage.credential.secret,
      gateway: gateway.secret,
      metrics: observability.secret,
      grafana: observability.dashboards.secret,
      elasticsearch: logging.secret,
    },
  };
}
