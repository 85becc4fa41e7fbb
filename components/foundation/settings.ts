import type { SettingKey } from "../contract/runtime.ts";

/** Every setting with its value, as the platform's ConfigMap holds it. */
export type Settings = Readonly<Record<SettingKey, string>>;

/** DNS name of a Service, complete, so that no resolver has to try search domains. */
export function serviceHost(service: string, place: { namespace: string; clusterDomain: string }): string {
  return `${service}.${place.namespace}.svc.${place.clusterDomain}`;
}
