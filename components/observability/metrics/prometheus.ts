import type * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { ApiAccess } from "../../foundation/access.ts";
import type { Platform } from "../../foundation/index.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
import { serviceHost } from "../../foundation/settings.ts";
import { System, type SystemArgs } from "../../foundation/system.ts";
import type { SystemContainer } from "../../foundation/system-pod.ts";
import { nobody } from "./images.ts";
import { tokenDirectory } from "./jobs.ts";
import type { MetricsOperator } from "./operated/pod.ts";
import { operatedPrometheus } from "./operated/prometheus.ts";
import {
  configurationDirectory,
  prometheusConfiguration,
  retentionSize,
} from "./prometheus-configuration.ts";
import type { PrometheusConfiguration } from "./prometheus-inputs.ts";
import { ruleFiles } from "./rules/index.ts";
import type { RuleGroup } from "./rules/rule.ts";

export interface PrometheusArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference. */
  readonly image: string;
  readonly resources: ContainerResources;
  /** Its volume, which bounds what it keeps. */
  readonly storage: VolumeSize;
  /** Hours that samples are kept, unless the volume is too small for them. */
  readonly retentionHours: number;
  readonly configuration: PrometheusConfiguration;
  readonly groups: readonly RuleGroup[];
  /** URL of the folder with a page for each alert, without a slash at its end. */
  readonly runbooks: string;
  /** Who runs it in place of a StatefulSet. @default nobody */
  readonly operator?: MetricsOperator | undefined;
  /** Name of the Secret with the token that the platform's own workloads ask for, entry `token`. */
  readonly token: pulumi.Input<string>;
}

const { prometheus } = systemNames;
const port = "http-metrics";
const dataDirectory = "/prometheus";

/** Prometheus: finds what offers metrics, keeps these, and evaluates the rules. */
export function createPrometheus(name: string, args: PrometheusArgs, parent: pulumi.Resource): System {
  const { platform, operator } = args;
  return new System(
    name,
    {
      platform,
      workload: prometheus,
      component: "metrics",
      ports: systemPorts.prometheus,
      access: discovery(args),
      ...(operator ? operatedPrometheus(name, { ...args, operator }, parent) : embedded(args)),
    },
    { parent },
  );
}

function embedded(args: PrometheusArgs): Pick<SystemArgs, "replicas" | "data" | "pod"> {
  const { configuration, storage, groups, runbooks } = args;
  return {
    replicas: 1,
    data: { ...storage, directory: dataDirectory },
    pod: {
      user: nobody,
      containers: [container(args)],
      files: {
        directory: configurationDirectory,
        content: {
          "prometheus.yml": prometheusConfiguration(configuration),
          ...ruleFiles(groups, runbooks),
        },
      },
      // Read anew at every scrape: it may come later, and a rotated one needs no new pod.
      secrets: [
        {
          name: "metrics-token",
          secret: args.token,
          directory: tokenDirectory,
          entries: ["token"],
          optional: true,
        },
      ],
      // What the log of its newest samples still lacks is written to it.
      terminationGracePeriodSeconds: 120,
    },
  };
}

/** It lists pods of the platform, and nodes, whose kubelets ask whether it may read their metrics. */
function discovery({ platform }: PrometheusArgs): ApiAccess {
  return {
    namespaced: {
      namespaces: [
        { name: "platform", namespace: platform.namespace },
        { name: "shipper", namespace: platform.shipperNamespace },
      ],
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    },
    cluster: [
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    ],
  };
}

function container({
  image,
  resources,
  retentionHours,
  storage,
  configuration,
}: PrometheusArgs): SystemContainer {
  const { namespaces, clusterDomain } = configuration;
  const host = serviceHost(prometheus, { namespace: namespaces.platform, clusterDomain });
  return {
    name: prometheus,
    image,
    resources,
    args: [
      `--config.file=${configurationDirectory}/prometheus.yml`,
      `--storage.tsdb.path=${dataDirectory}/data`,
      // As flags, which every version knows; whichever bound is reached first holds.
      `--storage.tsdb.retention.time=${retentionHours}h`,
      `--storage.tsdb.retention.size=${retentionSize(storage.size)}`,
      `--web.external-url=http://${host}:${systemPorts.prometheus[port]}`,
      "--log.format=json",
    ],
    // It listens at once, but is ready only when it has read the log of its newest samples again.
    startupProbe: { httpGet: { path: "/-/ready", port }, periodSeconds: 5, failureThreshold: 180 },
    readinessProbe: { httpGet: { path: "/-/ready", port }, periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: {
      httpGet: { path: "/-/healthy", port },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
  };
}
