import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Platform } from "../../foundation/index.ts";
import { System } from "../../foundation/system.ts";
import { type JaegerPodArgs, jaegerPod } from "./pod.ts";

export interface TracingArgs extends JaegerPodArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Number of pods: each takes traces and answers questions. */
  readonly replicas: number;
}

/**
 * Traces: Jaeger takes them by OTLP/HTTP and keeps them in Elasticsearch, which begins new indices and deletes old ones by
 * its own policy.
 */
export class Tracing extends pulumi.ComponentResource {
  /** URL of Jaeger's pages and of its API. */
  readonly queryUrl: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: TracingArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Tracing", name, {}, options);
    const ports = systemPorts.jaeger;
    const { host, demand } = new System(
      `${name}-jaeger`,
      {
        platform: args.platform,
        workload: systemNames.jaeger,
        component: "tracing",
        replicas: args.replicas,
        ports,
        pod: jaegerPod(args),
      },
      { parent: this },
    );
    this.queryUrl = pulumi.interpolate`http://${host}:${ports.query}`;
    this.demands = [demand];
    this.registerOutputs({ queryUrl: this.queryUrl });
  }
}
