import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Credential } from "../foundation/credentials.ts";
import type { Platform } from "../foundation/index.ts";
import { metadataOf } from "../foundation/metadata.ts";
import { Dashboards, type DashboardsArgs } from "./dashboards/index.ts";
import { Exporters, type ExportersArgs } from "./exporters/index.ts";
import type { Logging } from "./logging/index.ts";
import { Metrics, type MetricsArgs } from "./metrics/index.ts";
import { Tracing, type TracingArgs } from "./tracing/index.ts";

export interface ObservabilityArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Token that scrapers of the platform's metrics present. */
  readonly token: Credential;
  /** URLs of the workloads that check the token, known once they are available. */
  readonly workloads: readonly pulumi.Output<string>[];
  /** Where logs and traces are kept. */
  readonly logging: Pick<Logging, "logins" | "proberCertificate">;
  readonly tracing: Omit<TracingArgs, "elasticsearch">;
  readonly exporters: Pick<ExportersArgs, "postgresql" | "redis"> & {
    readonly elasticsearch: Omit<ExportersArgs["elasticsearch"], "login">;
  };
  readonly metrics: Omit<MetricsArgs, "token" | "certificate">;
  readonly dashboards: Omit<DashboardsArgs, "elasticsearch">;
}

/** The observability tier beside the logs: traces, metrics with their alerts, and the dashboards that show them. */
export class Observability extends pulumi.ComponentResource {
  /** Name of the Secret with the token, entry `token`, once every workload accepts it. */
  readonly secret: pulumi.Output<string>;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  readonly dashboards: Dashboards;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: ObservabilityArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Observability", name, {}, options);
    this.secret = this.createPublishedSecret(`${name}-published`, args).metadata.name;
    const { logins, proberCertificate } = args.logging;
    this.tracing = new Tracing(
      `${name}-tracing`,
      { ...args.tracing, elasticsearch: logins.jaeger },
      { parent: this },
    );
    const elasticsearch = { ...args.exporters.elasticsearch, login: logins.exporter };
    const exporters = new Exporters(
      `${name}-exporters`,
      { ...args.exporters, elasticsearch },
      { parent: this },
    );
    this.metrics = new Metrics(
      `${name}-metrics`,
      {
        ...args.metrics,
        token: publishedSecret,
        certificate: proberCertificate,
      },
      { parent: this },
    );
    this.dashboards = new Dashboards(
      `${name}-dashboards`,
      { ...args.dashboards, elasticsearch: logins.grafana },
      { parent: this },
    );
    const parts = [this.tracing, exporters, this.metrics, this.dashboards];
    this.demands = parts.flatMap(({ demands }) => demands);
    this.registerOutputs({ secret: this.secret });
  }

  private createPublishedSecret(name: string, { platform, token, workloads }: ObservabilityArgs) {
    const metadata = metadataOf({
      name: publishedSecret,
      namespace: platform.namespace,
      workload: "metrics",
      component: "observability",
    });
    const accepted = pulumi.all([token.value, ...workloads]).apply(([value]) => value ?? "");
    return new k8s.core.v1.Secret(name, { metadata, stringData: { token: accepted } }, { parent: this });
  }
}

/** Secret for scrapers. Prometheus observes it: it need not wait for the workloads that it watches. */
const publishedSecret = "metrics-credentials";
