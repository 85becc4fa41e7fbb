import { systemNames, systemPorts } from "../../components/contract/systems.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import { serviceHost } from "../../components/foundation/settings.ts";
import type { DashboardsArgs } from "../../components/observability/dashboards/index.ts";
import type { StackConfig } from "../schema.ts";
import { jaegerUrl } from "./tracing.ts";

export function dashboardsArgs(
  config: StackConfig,
  { platform, credentials }: Pick<Foundation, "platform" | "credentials">,
): Omit<DashboardsArgs, "elasticsearch"> {
  const urlOf = (service: string, port: number) => `http://${serviceHost(service, config)}:${port}`;
  return {
    platform,
    image: config.images.grafana,
    password: credentials.grafana,
    secretKey: credentials.grafanaSecretKey,
    sources: {
      prometheus: urlOf(systemNames.prometheus, systemPorts.prometheus["http-metrics"]),
      alertmanager: urlOf(systemNames.alertmanager, systemPorts.alertmanager["http-metrics"]),
      jaeger: jaegerUrl(config),
      scrapeSeconds: config.prometheus.scrapeInterval,
    },
    ...(config.jaeger.form === "distributed" && { traceWriter: systemNames.jaegerCollector }),
    objectives: config.alerting.objectives,
    ...config.grafana,
  };
}
