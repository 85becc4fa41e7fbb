import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Credential } from "../foundation/credentials.ts";
import type { Platform } from "../foundation/index.ts";
import { metadataOf } from "../foundation/metadata.ts";

export interface ObservabilityArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Token that scrapers of the platform's metrics present. */
  readonly token: Credential;
  /** URLs of the workloads that check the token, known once they are available. */
  readonly workloads: readonly pulumi.Output<string>[];
}

/** The observability tier: what scrapers need to read the metrics of the platform's workloads. */
export class Observability extends pulumi.ComponentResource {
  /** Name of the Secret with the token, entry `token`, once every workload accepts it. */
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: ObservabilityArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Observability", name, {}, options);
    this.secret = this.createPublishedSecret(`${name}-published`, args).metadata.name;
    this.registerOutputs({ secret: this.secret });
  }

  private createPublishedSecret(name: string, { platform, token, workloads }: ObservabilityArgs) {
    const metadata = metadataOf({
      name: "metrics-credentials",
      namespace: platform.namespace,
      workload: "metrics",
      component: "observability",
    });
    const accepted = pulumi.all([token.value, ...workloads]).apply(([value]) => value ?? "");
    return new k8s.core.v1.Secret(name, { metadata, stringData: { token: accepted } }, { parent: this });
  }
}
