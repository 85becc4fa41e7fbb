import { serviceNames } from "../components/contract/runtime.ts";
import { type StandardId, standards } from "../components/contract/standards.ts";
import type { Data, DataArgs } from "../components/data/index.ts";
import type { Foundation, FoundationArgs } from "../components/foundation/index.ts";
import type { MountedCredential } from "../components/foundation/mounted-credential.ts";
import type { Gateway, GatewayArgs } from "../components/gateway/index.ts";
import type { ObservabilityArgs } from "../components/observability/index.ts";
import type { Verification, VerificationArgs } from "../components/verification/index.ts";
import { verifierResources } from "../components/verification/sizing.ts";
import { ownImage } from "./images.ts";
import type { StackConfig } from "./schema.ts";
import { settingsOf } from "./settings.ts";

// The part of the configuration that each tier gets, joined with what the tiers before it give.

export function foundationArgs(config: StackConfig): FoundationArgs {
  const { namespace, clusterDomain, environment, team, rotation } = config;
  return {
    namespace,
    clusterDomain,
    environment,
    team,
    settings: settingsOf(config),
    pullSecrets: config.images.pullSecrets,
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
    },
  };
}

export function dataArgs(config: StackConfig, { platform, credentials }: Foundation): DataArgs {
  return {
    postgresql: {
      platform,
      image: config.images.postgresql,
      database: config.settings.databaseName,
      owner: config.settings.databaseUser,
      password: credentials.database,
      ...config.postgresql,
    },
    redis: { platform, image: config.images.redis, password: credentials.redis, ...config.redis },
    migrations: {
      platform,
      image: ownImage(config.images, serviceNames.migrations),
      ...config.migrations,
    },
  };
}

export function verificationArgs(
  config: StackConfig,
  { platform }: Foundation,
  data: Data,
): VerificationArgs {
  const { images, settings, verification } = config;
  const verifierOf = (id: StandardId) => ({
    image: ownImage(images, `${id}-verification`),
    replicas: verification.overrides[id]?.replicas ?? verification.replicas,
  });
  return {
    platform,
    verifiers: Object.fromEntries(
      standards.map(({ id }) => [id, verifierOf(id)]),
    ) as VerificationArgs["verifiers"],
    resources: verifierResources(verification.resources, {
      cpu: settings.resourceLimitsCpu,
      memory: settings.resourceLimitsMemory,
    }),
    serviceMemory: verification.resources.limits.memory,
    scratch: verification.scratch,
    verificationTimeout: settings.verificationTimeout,
    credentials: logins(data),
  };
}

export function gatewayArgs(
  config: StackConfig,
  { platform, credentials }: Foundation,
  data: Data,
): GatewayArgs {
  return {
    platform,
    image: ownImage(config.images, serviceNames.gateway),
    ...config.gateway,
    credentials: logins(data),
    jwtSecret: credentials.jwtSecret,
    apiKey: credentials.apiKey,
  };
}

/** What every reader of database and cache mounts. */
function logins({ database, cache }: Data): MountedCredential[] {
  return [database.credential, cache.credential];
}

export function observabilityArgs(
  { platform, credentials }: Foundation,
  verification: Verification,
  gateway: Gateway,
): ObservabilityArgs {
  return {
    platform,
    token: credentials.prometheusToken,
    workloads: [gateway.url, ...Object.values(verification.urls)],
  };
}
