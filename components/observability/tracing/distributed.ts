import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { Scaling } from "../../foundation/autoscaler.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Platform } from "../../foundation/index.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import { System } from "../../foundation/system.ts";
import { createIndices, indicesDemand } from "./indices.ts";
import { type JaegerPodArgs, jaegerPod } from "./pod.ts";

export interface DistributedArgs extends JaegerPodArgs {
  readonly platform: Platform;
  /** What takes traces. */
  readonly collector: {
    /** Number of pods; where it scales, the least. */
    readonly replicas: number;
    readonly resources: ContainerResources;
    /** @default not at all */
    readonly scaling?: Scaling | undefined;
  };
  /** What answers questions. */
  readonly query: { readonly replicas: number; readonly resources: ContainerResources };
}

/**
 * Jaeger with a program of its own for each side, so that neither a burst of traces nor a large question disturbs the other. Both start
 * once a Job has prepared the indices.
 */
export class DistributedJaeger extends pulumi.ComponentResource {
  /** DNS name of what answers questions, once it is ready. */
  readonly host: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: DistributedArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:DistributedJaeger", name, {}, options);
    const job = createIndices(`${name}-indices`, args, this);
    const { secret } = args.elasticsearch;
    const prepared = pulumi.all([secret, job.metadata.name]).apply(([known]) => known);
    const ready = { ...args, elasticsearch: { ...args.elasticsearch, secret: prepared } };
    const collector = this.createPart(`${name}-collector`, ready, "collector");
    const query = this.createPart(`${name}-query`, ready, "query");
    this.host = query.host;
    this.demands = [indicesDemand(args), collector.demand, query.demand];
    this.registerOutputs({ host: this.host });
  }

  private createPart(name: string, args: DistributedArgs, role: "collector" | "query"): System {
    const { replicas, resources } = args[role];
    const key = role === "collector" ? "jaegerCollector" : "jaegerQuery";
    return new System(
      name,
      {
        platform: args.platform,
        workload: systemNames[key],
        component: "tracing",
        replicas,
        ...(role === "collector" && { scaling: args.collector.scaling }),
        ports: systemPorts[key],
        pod: jaegerPod({ ...args, resources }, role),
      },
      { parent: this },
    );
  }
}
