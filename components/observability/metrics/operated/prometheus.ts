import type { IPrometheus } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { auditExceptions, tokenOfOperated } from "../../../foundation/audit.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import { selectorLabels } from "../../../foundation/labels.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { claimTemplate } from "../../../foundation/resources.ts";
import { serviceHost } from "../../../foundation/settings.ts";
import type { Operated, SystemArgs } from "../../../foundation/system.ts";
import { nobody } from "../images.ts";
import { scrapeJobs } from "../jobs.ts";
import type { PrometheusArgs } from "../prometheus.ts";
import { retentionSize } from "../prometheus-configuration.ts";
import type { PrometheusConfiguration } from "../prometheus-inputs.ts";
import { type MetricsOperator, podFields, reloaders } from "./pod.ts";
import { createRules } from "./rules.ts";
import { createScrapeConfigs, isOfPod } from "./scrape-configs.ts";

const workload = systemNames.prometheus;
const verbatim = {
  secret: "prometheus-additional-configuration",
  jobs: "scrape-configs.yaml",
  alertmanagers: "alertmanagers.yaml",
} as const;

/** Prometheus as a resource of its operator: each pod scrapes and judges everything, so that one of them can be missing. */
export function operatedPrometheus(
  name: string,
  args: PrometheusArgs & { readonly operator: MetricsOperator },
  parent: pulumi.Resource,
): Pick<SystemArgs, "replicas" | "pod" | "operated"> {
  const { platform, operator, image, resources, storage } = args;
  const configuration = { ...args.configuration, operated: true };
  const additional = createAdditional(`${name}-additional`, { platform, configuration }, parent);
  // The operator takes over what it finds, whenever it comes.
  createScrapeConfigs(name, { platform, token: args.token, configuration }, parent);
  createRules(name, { platform, groups: args.groups, runbooks: args.runbooks }, parent);
  return {
    replicas: operator.replicas,
    pod: {
      user: nobody,
      containers: [{ name: workload, image, resources }],
      terminationGracePeriodSeconds: 120,
    },
    operated: {
      budget: "platform",
      isHeadless: true,
      volume: storage.size,
      added: reloaders,
      resource: resourceOf({ ...args, configuration }, additional),
    },
  };
}

function resourceOf(
  args: PrometheusArgs & { readonly operator: MetricsOperator },
  additional: k8s.core.v1.Secret,
): Operated["resource"] {
  const { platform, operator, image, storage, retentionHours, configuration } = args;
  const { scrapeSeconds, evaluationSeconds, namespaces, clusterDomain, environment } = configuration;
  const host = serviceHost(workload, { namespace: namespaces.platform, clusterDomain });
  const selector = { matchLabels: selectorLabels(workload) };
  const entry = (key: string) => ({ name: additional.metadata.name, key });
  return (name, template, parent) =>
    customResource<IPrometheus>(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "Prometheus",
        metadata: {
          ...metadataOf({ name: workload, namespace: platform.namespace, workload, component: "metrics" }),
          annotations: auditExceptions(tokenOfOperated("KSV-0036")),
        },
        spec: {
          ...podFields(template),
          image,
          version: operator.version,
          replicas: operator.replicas,
          retention: `${retentionHours}h`,
          retentionSize: retentionSize(storage.size),
          storage: { volumeClaimTemplate: claimTemplate(storage) },
          externalUrl: `http://${host}:${systemPorts.prometheus["http-metrics"]}`,
          scrapeInterval: `${scrapeSeconds}s`,
          scrapeTimeout: `${Math.min(scrapeSeconds, 10)}s`,
          evaluationInterval: `${evaluationSeconds}s`,
          externalLabels: { platform: namespaces.platform, environment },
          // The operator takes the replica's label off alerts, and would leave one for the resource's own name on them.
          prometheusExternalLabelName: "",
          scrapeConfigSelector: selector,
          ruleSelector: selector,
          additionalScrapeConfigs: entry(verbatim.jobs),
          additionalAlertManagerConfigs: entry(verbatim.alertmanagers),
        } as unknown as DeepInput<NonNullable<IPrometheus["spec"]>>,
        awaits: ["condition=Reconciled", "condition=Available"],
      },
      { parent, customTimeouts: { create: "30m", update: "30m" } },
    );
}

interface AdditionalArgs extends Pick<PrometheusArgs, "platform"> {
  readonly configuration: PrometheusConfiguration;
}

/**
 * What no resource of the operator can say: jobs that present the token of the pod's own account, which is renewed on its disk, where
 * a ScrapeConfig would need one in a Secret that never ends; and every Alertmanager by DNS, which needs no right to list Services.
 */
function createAdditional(
  name: string,
  { platform, configuration }: AdditionalArgs,
  parent: pulumi.Resource,
) {
  const metadata = metadataOf({
    name: verbatim.secret,
    namespace: platform.namespace,
    workload,
    component: "metrics",
  });
  const stringData = pulumi.secret({
    [verbatim.jobs]: yaml(scrapeJobs(configuration).filter(isOfPod)),
    [verbatim.alertmanagers]: yaml(alertmanagers(configuration)),
  });
  return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent });
}

/** By the Service that the operator makes for the pods. A notification has to reach each, as they tell each other only what they have sent. */
function alertmanagers({ namespaces, clusterDomain }: PrometheusConfiguration) {
  const place = { namespace: namespaces.platform, clusterDomain };
  return [
    {
      api_version: "v2",
      dns_sd_configs: [
        {
          names: [`_http-metrics._tcp.${serviceHost("alertmanager-operated", place)}`],
          type: "SRV",
          refresh_interval: "30s",
        },
      ],
    },
  ];
}

/** JSON is YAML. */
function yaml(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
