import * as pulumi from "@pulumi/pulumi";
import { systemPorts } from "../../contract/systems.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Platform } from "../../foundation/index.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
import type { System } from "../../foundation/system.ts";
import { type AlertmanagerArgs, createAlertmanager } from "./alertmanager.ts";
import type { MetricsOperator } from "./operated/pod.ts";
import { probedSystems } from "./probed.ts";
import { createProbes, type ProbesArgs } from "./probes.ts";
import { createPrometheus } from "./prometheus.ts";
import type { PrometheusConfiguration } from "./prometheus-inputs.ts";
import { ruleGroups } from "./rules/index.ts";
import type { RuleArgs } from "./rules/rule.ts";
import { type Presence, scrapedWorkloads } from "./scraped.ts";
import { createStateMetrics } from "./state-metrics.ts";

export interface MetricsArgs extends Omit<PrometheusConfiguration, "probed">, Presence {
  /** What it stands on. */
  readonly platform: Platform;
  readonly prometheus: Server & {
    /** Its volume, which bounds what it keeps. */
    readonly storage: VolumeSize;
    /** Hours that samples are kept, unless the volume is too small for them. */
    readonly retentionHours: number;
    readonly operator?: MetricsOperator | undefined;
  };
  readonly alertmanager: Server & Pick<AlertmanagerArgs, "storage" | "receivers" | "secrets" | "operator">;
  readonly stateMetrics: Server;
  readonly probes: Server;
  /** What alerts are about: promises, and how long things may take. */
  readonly rules: Pick<RuleArgs, "objectives" | "backlogSeconds" | "queueLimit" | "backupSeconds">;
  /** URL of the folder with a page for each alert, without a slash at its end. */
  readonly runbooks: string;
  /** Name of the Secret with the token that the platform's own workloads ask for, entry `token`. */
  readonly token: pulumi.Input<string>;
  readonly certificate: ProbesArgs["certificate"];
}

/** A program of this tier. */
interface Server {
  /** Complete image reference. */
  readonly image: string;
  readonly resources: ContainerResources;
}

/** Metrics: what collects them, what watches them, and what tells people. */
export class Metrics extends pulumi.ComponentResource {
  /** URL of Prometheus inside the cluster, once it is ready. */
  readonly prometheusUrl: pulumi.Output<string>;
  /** URL of Alertmanager inside the cluster, once it is ready. */
  readonly alertmanagerUrl: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: MetricsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Metrics", name, {}, options);
    const { platform, namespaces, clusterDomain } = args;
    const alertmanager = createAlertmanager(
      `${name}-alertmanager`,
      { platform, place: { namespace: namespaces.platform, clusterDomain }, ...args.alertmanager },
      this,
    );
    const stateMetrics = createStateMetrics(
      `${name}-state`,
      { platform, namespaces: Object.values(namespaces), ...args.stateMetrics },
      this,
    );
    const probes = createProbes(
      `${name}-probes`,
      { platform, certificate: args.certificate, ...args.probes },
      this,
    );
    const prometheus = this.createPrometheus(`${name}-prometheus`, args);
    this.prometheusUrl = urlOf(prometheus, systemPorts.prometheus["http-metrics"]);
    this.alertmanagerUrl = urlOf(alertmanager, systemPorts.alertmanager["http-metrics"]);
    this.demands = [alertmanager, stateMetrics, probes, prometheus].map(({ demand }) => demand);
    this.registerOutputs({ prometheusUrl: this.prometheusUrl, alertmanagerUrl: this.alertmanagerUrl });
  }

  private createPrometheus(name: string, args: MetricsArgs): System {
    const { platform, token, runbooks } = args;
    const probed = probedSystems(args);
    const groups = ruleGroups({ ...args, ...args.rules, scraped: scrapedWorkloads(args), probed });
    const configuration = { ...args, probed };
    return createPrometheus(
      name,
      { platform, token, configuration, groups, runbooks, ...args.prometheus },
      this,
    );
  }
}

function urlOf({ host }: System, port: number): pulumi.Output<string> {
  return pulumi.interpolate`http://${host}:${port}`;
}
