import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Platform } from "../foundation/index.ts";
import { MetricsServer, type MetricsServerArgs } from "./metrics-server.ts";

export interface AutoscalingArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Where the CPU and memory that pods use is learned from: what the cluster has, what is made here, or nowhere. */
  readonly metrics: "present" | "install" | "none";
  /** Only used with `install`. */
  readonly metricsServer: Omit<MetricsServerArgs, "platform">;
}

/** What autoscalers need; each workload has its own beside it. */
export class Autoscaling extends pulumi.ComponentResource {
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: AutoscalingArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:autoscaling:Autoscaling", name, {}, options);
    const { platform, metrics, metricsServer } = args;
    const server =
      metrics === "install" &&
      new MetricsServer(`${name}-metrics-server`, { platform, ...metricsServer }, { parent: this });
    this.demands = server ? [server.demand] : [];
    if (metrics === "none") void pulumi.log.info(notice, this);
    this.registerOutputs();
  }
}

const notice =
  "Nothing scales by itself: autoscaling.metrics is none. The gateway and each verifier keep as many pods as their replicas say.";
