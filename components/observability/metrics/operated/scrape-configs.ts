import type { IScrapeConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig";
import type * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../../contract/systems.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import type { Platform } from "../../../foundation/index.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { type ScrapeJob, scrapeJobs, tokenDirectory } from "../jobs.ts";
import type { PrometheusConfiguration } from "../prometheus-inputs.ts";
import type { Relabel } from "../relabel.ts";

type Spec = NonNullable<IScrapeConfig["spec"]>;

interface ScrapeConfigsArgs {
  readonly platform: Platform;
  /** Name of the Secret with the token that the platform's own workloads ask for, entry `token`. */
  readonly token: pulumi.Input<string>;
  readonly configuration: PrometheusConfiguration;
}

/** Whether a job reads files that only the pod of Prometheus has, which a ScrapeConfig cannot name. */
export function isOfPod({ scheme }: ScrapeJob): boolean {
  return scheme === "https";
}

/** Each job of every form as a ScrapeConfig of its name, but for those of the pod. */
export function createScrapeConfigs(
  name: string,
  { platform, token, configuration }: ScrapeConfigsArgs,
  parent: pulumi.Resource,
): void {
  const jobs = scrapeJobs(configuration).filter((job) => !isOfPod(job));
  for (const job of jobs) {
    customResource<IScrapeConfig>(
      `${name}-job-${job.job_name}`,
      {
        apiVersion: "monitoring.coreos.com/v1alpha1",
        kind: "ScrapeConfig",
        metadata: metadataOf({
          name: job.job_name,
          namespace: platform.namespace,
          workload: systemNames.prometheus,
          component: "metrics",
        }),
        spec: scrapeConfig(job, token) as DeepInput<Spec>,
      },
      { parent },
    );
  }
}

/** The fields of a job as the operator names them: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.ScrapeConfigSpec */
function scrapeConfig(job: ScrapeJob, token: pulumi.Input<string>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(job).map(([option, value]) => {
      const field = fields[option];
      if (!field) throw new Error(`job ${job.job_name}: a ScrapeConfig has no ${option}`);
      return [field.name, field.of?.(value, token) ?? value];
    }),
  );
}

interface Field {
  readonly name: keyof Spec;
  /** @default the value as it is */
  readonly of?: (value: unknown, token: pulumi.Input<string>) => unknown;
}

const fields: Readonly<Record<string, Field>> = {
  job_name: { name: "jobName" },
  scrape_interval: { name: "scrapeInterval" },
  scrape_timeout: { name: "scrapeTimeout" },
  metrics_path: { name: "metricsPath" },
  honor_labels: { name: "honorLabels" },
  sample_limit: { name: "sampleLimit" },
  target_limit: { name: "targetLimit" },
  label_limit: { name: "labelLimit" },
  label_name_length_limit: { name: "labelNameLengthLimit" },
  label_value_length_limit: { name: "labelValueLengthLimit" },
  body_size_limit: { name: "bodySizeLimit" },
  static_configs: { name: "staticConfigs" },
  kubernetes_sd_configs: { name: "kubernetesSDConfigs", of: discoveries },
  authorization: { name: "authorization", of: authorization },
  relabel_configs: { name: "relabelings", of: relabelings },
  metric_relabel_configs: { name: "metricRelabelings", of: relabelings },
};

function discoveries(value: unknown) {
  return (value as { readonly role: string }[]).map(({ role, ...others }) => ({
    ...others,
    role: `${role.charAt(0).toUpperCase()}${role.slice(1)}`,
  }));
}

/** The operator reads the Secret whenever it changes: a rotated token needs no new pod. */
function authorization(value: unknown, token: pulumi.Input<string>) {
  const { type, credentials_file } = value as { readonly type: string; readonly credentials_file: string };
  if (credentials_file !== `${tokenDirectory}/token`) throw new Error(`no Secret has ${credentials_file}`);
  return { type, credentials: { name: token, key: "token" } };
}

function relabelings(value: unknown) {
  return (value as readonly Relabel[]).map(({ source_labels, target_label, ...others }) => ({
    ...others,
    ...(source_labels && { sourceLabels: source_labels }),
    ...(target_label !== undefined && { targetLabel: target_label }),
  }));
}
