import { systemNames, systemPorts } from "../../contract/systems.ts";
import { bytesOf } from "../../foundation/quantity.ts";
import { serviceHost } from "../../foundation/settings.ts";
import { scrapeJobs } from "./jobs.ts";
import type { PrometheusConfiguration } from "./prometheus-inputs.ts";

/** Directory of configuration and rules. */
export const configurationDirectory = "/etc/prometheus";

/**
 * Content of prometheus.yml, as JSON, which is YAML too; valid from Prometheus 2.42 on.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function prometheusConfiguration(args: PrometheusConfiguration): string {
  const { namespaces, clusterDomain, environment, scrapeSeconds, evaluationSeconds } = args;
  const alertmanager = serviceHost(systemNames.alertmanager, {
    namespace: namespaces.platform,
    clusterDomain,
  });
  const configuration = {
    global: {
      scrape_interval: `${scrapeSeconds}s`,
      scrape_timeout: `${Math.min(scrapeSeconds, 10)}s`,
      evaluation_interval: `${evaluationSeconds}s`,
      // What alerts say of where they come from.
      external_labels: { platform: namespaces.platform, environment },
    },
    rule_files: [`${configurationDirectory}/rules-*.yml`],
    alerting: {
      alertmanagers: [
        { static_configs: [{ targets: [`${alertmanager}:${systemPorts.alertmanager["http-metrics"]}`] }] },
      ],
    },
    scrape_configs: scrapeJobs(args),
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

/** Of the volume, the share that samples may take: the rest is for what a compaction writes before it deletes. */
const sampleShare = 0.8;

/**
 * The bound of the samples' size for a volume, as Prometheus writes it. Blocks, log and the newest samples count.
 * @param size of the volume, as a Kubernetes quantity
 */
export function retentionSize(size: string): string {
  return `${Math.floor(((bytesOf(size) ?? 0) * sampleShare) / 2 ** 20)}MB`;
}
