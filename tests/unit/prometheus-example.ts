import { prometheusConfiguration } from "../../components/observability/metrics/prometheus-configuration.ts";
import type { Relabel } from "../../components/observability/metrics/relabel.ts";
import { exampleConfiguration } from "./example-metrics.ts";

/** A job of the configuration. */
export interface Job {
  readonly job_name: string;
  readonly relabel_configs: readonly Relabel[];
  readonly metric_relabel_configs?: readonly Relabel[];
  readonly [option: string]: unknown;
}

/** The configuration of the example, with changes. */
export function configured(changes: Partial<typeof exampleConfiguration> = {}) {
  return JSON.parse(prometheusConfiguration({ ...exampleConfiguration, ...changes })) as {
    global: unknown;
    rule_files: unknown;
    alerting: unknown;
    scrape_configs: Job[];
  };
}

/** One of its jobs, by name. */
export function job(name: string, changes: Partial<typeof exampleConfiguration> = {}): Job {
  const found = configured(changes).scrape_configs.find(({ job_name }) => job_name === name);
  if (!found) throw new Error(`there is no job ${name}`);
  return found;
}
