import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { acceptedEntries, contentOf } from "./accepted.ts";
import { type Credential, type CredentialId, type CredentialSource, Credentials } from "./credentials.ts";
import { platformName } from "./labels.ts";
import { metadataOf } from "./metadata.ts";
import type { MountedCredential } from "./mounted-credential.ts";
import type { Settings } from "./settings.ts";

/** What every tier stands on. */
export interface Platform {
  /** Name of the namespace, once it exists. */
  readonly namespace: pulumi.Output<string>;
  /** Domain of the cluster's DNS. */
  readonly clusterDomain: string;
  /** Name of the ConfigMap that holds the settings, once it does, and the settings themselves. */
  readonly settings: { readonly configMap: pulumi.Output<string>; readonly values: Settings };
  /** Secrets of the namespace with which images are pulled. */
  readonly pullSecrets: readonly string[];
  /** Tokens that the platform's own workloads accept from scrapers of their metrics. */
  readonly metricsCredential: MountedCredential;
  /** Revision of a credential: changes exactly when the credential does, and tells nothing of it. */
  readonly revisionOf: (content: pulumi.Input<string>) => pulumi.Output<string>;
}

export interface FoundationArgs {
  /** Name of the namespace: a DNS label. */
  readonly namespace: string;
  /** Domain of the cluster's DNS. */
  readonly clusterDomain: string;
  /** Which environment it is, as a label. */
  readonly environment: string;
  /** Which team it belongs to, as a label. */
  readonly team: string;
  /** Every setting, as it stands in the ConfigMap. */
  readonly settings: Settings;
  /** Where each credential comes from. */
  readonly credentials: Readonly<Record<CredentialId, CredentialSource>>;
  /** Secrets of the namespace with which images are pulled. @default none */
  readonly pullSecrets?: readonly string[];
}

/** The namespace, fenced by Pod Security `restricted`, with the platform's settings and credentials. */
export class Foundation extends pulumi.ComponentResource {
  readonly platform: Platform;
  /** The credentials by name; the tier whose server checks one publishes the Secret for its readers. */
  readonly credentials: Readonly<Record<CredentialId, Credential>>;

  constructor(name: string, args: FoundationArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:foundation:Foundation", name, {}, options);
    const namespace = this.createNamespace(`${name}-namespace`, args).metadata.name;
    const settings = this.createSettings(`${name}-settings`, namespace, args.settings);
    const made = new Credentials(`${name}-credentials`, { sources: args.credentials }, { parent: this });
    const tokens = acceptedEntries({ token: made.credentials.prometheusToken });
    const metrics = this.createMetricsSecret(`${name}-metrics-tokens`, namespace, tokens);

    this.credentials = made.credentials;
    this.platform = {
      namespace,
      clusterDomain: args.clusterDomain,
      settings: { configMap: settings.metadata.name, values: args.settings },
      pullSecrets: args.pullSecrets ?? [],
      metricsCredential: {
        credential: "metrics",
        secret: metrics.metadata.name,
        entries: Object.keys(tokens),
        revision: made.revisionOf(contentOf(tokens)),
      },
      revisionOf: made.revisionOf,
    };
    this.registerOutputs({ namespace });
  }

  private createNamespace(name: string, { namespace, environment, team }: FoundationArgs) {
    const labels = {
      name: namespace,
      environment,
      team,
      "app.kubernetes.io/part-of": platformName,
      "app.kubernetes.io/managed-by": "pulumi",
      ...podSecurityLabels,
    };
    return new k8s.core.v1.Namespace(name, { metadata: { name: namespace, labels } }, { parent: this });
  }

  private createSettings(name: string, namespace: pulumi.Output<string>, data: Settings) {
    const metadata = metadataOf({
      name: "platform-settings",
      namespace,
      workload: "settings",
      component: "foundation",
    });
    return new k8s.core.v1.ConfigMap(name, { metadata, data }, { parent: this });
  }

  private createMetricsSecret(
    name: string,
    namespace: pulumi.Output<string>,
    stringData: Record<string, pulumi.Output<string>>,
  ) {
    const metadata = metadataOf({
      name: "metrics-tokens",
      namespace,
      workload: "metrics",
      component: "foundation",
    });
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }
}

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const podSecurityLabels = Object.fromEntries(
  ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
);
