import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Credential, type CredentialId, type CredentialSource, Credentials } from "./credentials.ts";
import { platformName, workloadLabels } from "./labels.ts";
import { type MountedCredential, secretMount } from "./mounted-credential.ts";
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
  /** Token that scrapers of the platform's own workloads present. */
  readonly metricsCredential: MountedCredential;
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
    const { credentials } = new Credentials(
      `${name}-credentials`,
      { sources: args.credentials },
      { parent: this },
    );
    const metrics = this.createMetricsSecret(
      `${name}-metrics-credentials`,
      namespace,
      credentials.prometheusToken,
    );

    this.credentials = credentials;
    this.platform = {
      namespace,
      clusterDomain: args.clusterDomain,
      settings: { configMap: settings.metadata.name, values: args.settings },
      pullSecrets: args.pullSecrets ?? [],
      metricsCredential: secretMount("metrics", metrics, credentials.prometheusToken.revision),
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
    const metadata = {
      name: "platform-settings",
      namespace,
      labels: workloadLabels("settings", "foundation"),
    };
    return new k8s.core.v1.ConfigMap(name, { metadata, data }, { parent: this });
  }

  private createMetricsSecret(name: string, namespace: pulumi.Output<string>, { value }: Credential) {
    const metadata = {
      name: "metrics-credentials",
      namespace,
      labels: workloadLabels("metrics", "foundation"),
    };
    return new k8s.core.v1.Secret(name, { metadata, stringData: { token: value } }, { parent: this });
  }
}

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const podSecurityLabels = Object.fromEntries(
  ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
);
