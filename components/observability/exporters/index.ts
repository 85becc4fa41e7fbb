import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../../foundation/capacity-demand.ts";
import { System } from "../../foundation/system.ts";
import { elasticsearchExporter } from "./elasticsearch.ts";
import type { ExporterArgs } from "./exporter.ts";
import { postgresqlExporter } from "./postgresql.ts";
import { redisExporter } from "./redis.ts";

export interface ExportersArgs {
  readonly postgresql: ExporterArgs;
  readonly redis: ExporterArgs;
  readonly elasticsearch: ExporterArgs;
}

/**
 * What tells Prometheus how those servers do that do not tell it themselves. Each is a workload of its own: one that breaks
 * takes no server out of service, and one that works can tell that its server is down.
 */
export class Exporters extends pulumi.ComponentResource {
  /** What they may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: ExportersArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Exporters", name, {}, options);
    const systems = {
      postgresql: postgresqlExporter(args.postgresql),
      redis: redisExporter(args.redis),
      elasticsearch: elasticsearchExporter(args.elasticsearch),
    };
    this.demands = Object.entries(systems).map(
      ([server, system]) => new System(`${name}-${server}`, system, { parent: this }).demand,
    );
    this.registerOutputs();
  }
}
