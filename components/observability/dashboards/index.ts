import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import { contentOf } from "../../foundation/accepted.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import { metadataOf } from "../../foundation/metadata.ts";
import type { VolumeSize } from "../../foundation/resources.ts";
import { System } from "../../foundation/system.ts";
import { type ConfigurationArgs, configurationFiles } from "./configuration.ts";
import { directories } from "./directories.ts";
import { type GrafanaPodArgs, grafanaPod } from "./pod.ts";

export interface DashboardsArgs
  extends ConfigurationArgs,
    Pick<GrafanaPodArgs, "image" | "resources" | "elasticsearch"> {
  /** What it stands on. */
  readonly platform: Platform;
  /** Password of the user `admin`. */
  readonly password: Credential;
  /** Encrypts secrets in its database, and signs; another one makes what is encrypted unreadable. */
  readonly secretKey: Credential;
  /** The volume of its database: what people have made in it. */
  readonly storage: VolumeSize;
}

/**
 * Dashboards: Grafana, with the platform's data sources and dashboards.
 *
 * A new password is in force once a pod has started with it; then the Secret for people changes.
 */
export class Dashboards extends pulumi.ComponentResource {
  /** URL to open: the configured one, else the one inside the cluster, once it answers. */
  readonly url: pulumi.Output<string>;
  /** Name of the Secret for people, entries `username`, `password`, `url`, once Grafana accepts what it says. */
  readonly secret: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: DashboardsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Dashboards", name, {}, options);
    const accepted = { "admin-password": args.password.value, "secret-key": args.secretKey.value };
    const { host, demand } = new System(
      `${name}-grafana`,
      {
        platform: args.platform,
        workload: systemNames.grafana,
        component: "dashboards",
        replicas: 1,
        ports: systemPorts.grafana,
        data: { ...args.storage, directory: directories.data },
        pod: grafanaPod({
          ...args,
          files: configurationFiles(args),
          accepted: {
            secret: this.createAcceptedSecret(`${name}-accepted`, args, accepted).metadata.name,
            revision: args.platform.revisionOf(contentOf(accepted)),
          },
        }),
      },
      { parent: this },
    );
    const inside = pulumi.interpolate`http://${host}:${systemPorts.grafana["http-metrics"]}`;
    this.url = inside.apply((url) => args.url ?? url);
    this.secret = this.createPublishedSecret(`${name}-published`, args).metadata.name;
    this.demands = [demand];
    this.registerOutputs({ url: this.url, secret: this.secret });
  }

  private createAcceptedSecret(
    name: string,
    { platform }: DashboardsArgs,
    stringData: Record<string, pulumi.Output<string>>,
  ) {
    const metadata = metadataOfSecret(platform, "grafana-accepted-credentials");
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }

  private createPublishedSecret(name: string, { platform, password }: DashboardsArgs) {
    const metadata = metadataOfSecret(platform, "grafana-credentials");
    const stringData = { username: "admin", password: password.value, url: this.url };
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }
}

function metadataOfSecret({ namespace }: Platform, name: string) {
  return metadataOf({ name, namespace, workload: systemNames.grafana, component: "dashboards" });
}
