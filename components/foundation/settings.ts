import type { StackConfig } from "../../config/index.ts";
import { type SettingKey, serviceNames, servicePorts } from "../contract/runtime.ts";

/** Every setting with its value, as the platform's ConfigMap holds it. */
export type Settings = Readonly<Record<SettingKey, string>>;

/** DNS name of a Service, complete, so that no resolver has to try search domains. */
export function serviceHost(service: string, place: { namespace: string; clusterDomain: string }): string {
  return `${service}.${place.namespace}.svc.${place.clusterDomain}`;
}

/** The settings that a configuration means. */
export function settingsOf(config: Pick<StackConfig, "namespace" | "clusterDomain" | "settings">): Settings {
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
    LOG_LEVEL: settings.logLevel,
    LOG_FORMAT: settings.logFormat,
    MAX_CONCURRENT_VERIFICATIONS: String(settings.maxConcurrentVerifications),
    VERIFICATION_TIMEOUT: String(settings.verificationTimeout),
    RESOURCE_LIMITS_CPU: settings.resourceLimitsCpu,
    RESOURCE_LIMITS_MEMORY: settings.resourceLimitsMemory,
  };
}
