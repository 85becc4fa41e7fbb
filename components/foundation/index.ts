import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { acceptedEntries, contentOf } from "./accepted.ts";
import { type AuditException, auditExceptions } from "./audit.ts";
import { type Credential, type CredentialId, type CredentialSource, Credentials } from "./credentials.ts";
import { platformName } from "./labels.ts";
import { metadataOf } from "./metadata.ts";
import type { MountedCredential } from "./mounted-credential.ts";
import type { Settings } from "./settings.ts";

/** What every tier stands on. */
export interface Platform {
  /** Name of the namespace, once it exists. */
  readonly namespace: pulumi.Output<string>;
  /** Name of the namespace that the shipper of logs has to itself, as it reads files of its node, once it exists. */
  readonly shipperNamespace: pulumi.Output<string>;
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
  /** Name of the namespace of the shipper of logs: a DNS label. */
  readonly shipperNamespace: string;
  /** Domain of the cluster's DNS. */
  readonly clusterDomain: string;
  /** The engine refuses to delete the namespace, in which all data is. @default false */
  readonly deletionProtection?: boolean;
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
  /** Labels of namespaces whose pods are in a mesh. @default none */
  readonly meshLabels?: Readonly<Record<string, string>>;
}

/** The namespaces, fenced by Pod Security, with the platform's settings and credentials. */
export class Foundation extends pulumi.ComponentResource {
  readonly platform: Platform;
  /** The credentials by name; the tier whose server checks one publishes the Secret for its readers. */
  readonly credentials: Readonly<Record<CredentialId, Credential>>;

  constructor(name: string, args: FoundationArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:foundation:Foundation", name, {}, options);
    const namespace = this.createNamespace(`${name}-namespace`, args, {
      name: args.namespace,
      podSecurity: "restricted",
      protect: args.deletionProtection ?? false,
    });
    const shipperNamespace = this.createNamespace(`${name}-shipper-namespace`, args, {
      name: args.shipperNamespace,
      podSecurity: "privileged",
      protect: false,
    });
    const settings = this.createSettings(`${name}-settings`, namespace, args.settings);
    const made = new Credentials(`${name}-credentials`, { sources: args.credentials }, { parent: this });
    const tokens = acceptedEntries({ token: made.credentials.prometheusToken });
    const metrics = this.createSecret(`${name}-metrics-tokens`, tokens, {
      name: "metrics-tokens",
      namespace,
      workload: "metrics",
    });
    // Nobody reads it: it is where the key is found again when the state is lost.
    this.createSecret(
      `${name}-revision-key`,
      { key: made.revisionKey },
      { name: "revision-key", namespace, workload: "settings" },
    );

    this.credentials = made.credentials;
    this.platform = {
      namespace,
      shipperNamespace,
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

  private createNamespace(
    name: string,
    { environment, team, meshLabels }: FoundationArgs,
    place: {
      readonly name: string;
      readonly podSecurity: "restricted" | "privileged";
      readonly protect: boolean;
    },
  ) {
    const labels = {
      name: place.name,
      environment,
      team,
      "app.kubernetes.io/part-of": platformName,
      "app.kubernetes.io/managed-by": "pulumi",
      ...podSecurityLabels(place.podSecurity),
      ...meshLabels,
    };
    const exceptions = place.podSecurity === "privileged" ? exceptionsOfShipper : undefined;
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: place.name,
          labels,
          ...(exceptions && { annotations: auditExceptions(exceptions) }),
        },
      },
      { parent: this, protect: place.protect },
    );
    return namespace.metadata.name;
  }

  private createSettings(name: string, namespace: pulumi.Output<string>, data: Settings) {
    const metadata = metadataOf({
      name: "platform-settings",
      namespace,
      workload: "settings",
      component: "foundation",
    });
    const annotations = auditExceptions(exceptionsOfSettings);
    return new k8s.core.v1.ConfigMap(
      name,
      { metadata: { ...metadata, annotations }, data },
      { parent: this },
    );
  }

  private createSecret(
    name: string,
    stringData: Record<string, pulumi.Output<string>>,
    place: {
      readonly name: string;
      readonly namespace: pulumi.Output<string>;
      readonly workload: string;
    },
  ) {
    const metadata = metadataOf({ ...place, component: "foundation" });
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }
}

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
function podSecurityLabels(level: "restricted" | "privileged") {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]),
  );
}

const exceptionsOfShipper: readonly AuditException[] = [
  {
    check: "enforcedLevel",
    reason:
      "The shipper of logs reads files of the node, which Pod Security grants to privileged namespaces only; it is alone here",
  },
];

const exceptionsOfSettings: readonly AuditException[] = [
  {
    check: "KSV-01010",
    reason: "Its numbers have three to twenty digits, which trivy takes for numbers of passports",
  },
];
