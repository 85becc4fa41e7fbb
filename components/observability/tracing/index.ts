import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Platform } from "../../foundation/index.ts";
import { System } from "../../foundation/system.ts";
import { type DistributedArgs, DistributedJaeger } from "./distributed.ts";
import { type JaegerPodArgs, jaegerPod } from "./pod.ts";

export interface TracingArgs extends JaegerPodArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Number of pods of all in one: each takes traces and answers questions. */
  readonly replicas: number;
  /** Pods for each. @default all in one */
  readonly distributed?: Pick<DistributedArgs, "collector" | "query"> | undefined;
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
    const { distributed } = args;
    const { host, demands } = distributed
      ? new DistributedJaeger(`${name}-distributed`, { ...args, ...distributed }, { parent: this })
      : this.createAllInOne(`${name}-jaeger`, args);
    this.queryUrl = pulumi.interpolate`http://${host}:${systemPorts.jaegerQuery.query}`;
    this.demands = demands;
    this.registerOutputs({ queryUrl: this.queryUrl });
  }

  private createAllInOne(name: string, args: TracingArgs) {
    const { host, demand } = new System(
      name,
      {
        platform: args.platform,
        workload: systemNames.jaeger,
        component: "tracing",
        replicas: args.replicas,
        ports: systemPorts.jaeger,
        pod: jaegerPod(args),
      },
      { parent: this },
    );
    return { host, demands: [demand] };
  }
}
