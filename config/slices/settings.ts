import { serviceNames, servicePorts } from "../../components/contract/runtime.ts";
import { bytesOf } from "../../components/foundation/quantity.ts";
import { type Settings, serviceHost } from "../../components/foundation/settings.ts";
import type { StackConfig } from "../schema.ts";
import { otlpUrl } from "./tracing.ts";

/** The settings that a configuration means. */
export function settingsOf(
  config: Pick<StackConfig, "namespace" | "clusterDomain" | "settings" | "jaeger">,
): Settings {
  const { settings } = config;
  return {
    DATABASE_HOST: serviceHost(serviceNames.database, config),
    DATABASE_PORT: String(servicePorts.database),
    DATABASE_NAME: settings.databaseName,
    REDIS_HOST: serviceHost(serviceNames.redis, config),
    REDIS_PORT: String(servicePorts.redis),
    COQ_VERSION: settings.coqVersion,
    TLA_VERSION: settings.tlaVersion,
    RUST_VERSION: settings.rustVersion,
    Z3_VERSION: settings.z3Version,
    LOG_LEVEL: settings.logLevel,
    LOG_FORMAT: settings.logFormat,
    MAX_CONCURRENT_VERIFICATIONS: String(settings.maxConcurrentVerifications),
    VERIFICATION_TIMEOUT: String(settings.verificationTimeout),
    RESOURCE_LIMITS_CPU: settings.resourceLimitsCpu,
    RESOURCE_LIMITS_MEMORY: settings.resourceLimitsMemory,
    MAX_QUEUED_VERIFICATIONS: String(settings.maxQueuedVerifications),
    RATE_LIMIT_PER_MINUTE: String(settings.rateLimitPerMinute),
    MAX_REQUEST_BYTES: String(bytesOf(settings.maxRequestSize)),
    OTEL_EXPORTER_OTLP_ENDPOINT: settings.otlpEndpoint ?? otlpUrl(config),
  };
}
