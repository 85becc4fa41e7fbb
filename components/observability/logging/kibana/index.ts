import { createHmac } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { contentOf } from "../../../foundation/accepted.ts";
import { namesNoSecret } from "../../../foundation/audit.ts";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import type { Credential } from "../../../foundation/credentials.ts";
import type { Platform } from "../../../foundation/index.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import type { ContainerResources } from "../../../foundation/resources.ts";
import { System } from "../../../foundation/system.ts";
import type { SecretFiles, SystemPod } from "../../../foundation/system-pod.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";
import type { OperatorForm } from "../elasticsearch/forms.ts";
import type { ElasticsearchLogin } from "../elasticsearch/login.ts";
import type { Login } from "../elasticsearch/users.ts";
import { authorityEntry } from "../names.ts";
import { operatedKibana } from "./operated.ts";
import { heapOption, probes } from "./program.ts";

export interface KibanaArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Who runs it in place of a Deployment. @default nobody */
  readonly operator?: Pick<OperatorForm, "version"> | undefined;
  /** Number of pods. @default 1 */
  readonly replicas?: number;
  /** Complete reference of the official image, of Elasticsearch's version. */
  readonly image: string;
  /** CPU and memory; three fifths of the memory are the JavaScript heap. */
  readonly resources: ContainerResources;
  /** Its server certificate. */
  readonly certificate: MountedCertificate;
  /** How it reaches Elasticsearch, and as whom. */
  readonly elasticsearch: ElasticsearchLogin;
  readonly login: Login;
  /** By which to judge Elasticsearch, in PEM. @default by the authority of its own certificate */
  readonly authority?: pulumi.Output<string> | undefined;
  /** What its sessions and the secrets in its objects are encrypted with: with another, the latter are lost. */
  readonly encryption: Credential;
}

const workload = systemNames.kibana;
const settingsEntry = "credentials.yml";
const settingsDirectory = "/run/secrets/settings";

/** Kibana, where people search logs. */
export class Kibana extends pulumi.ComponentResource {
  /** URL inside the cluster, known once it is ready. */
  readonly url: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: KibanaArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Kibana", name, {}, options);
    const { operator, replicas = 1 } = args;
    const entries = operator ? keystoreEntries(args) : fileEntries(args);
    // The pod reads the settings alone; the key that theirs are made of is found again here when the state is lost.
    const kept = { ...entries, "encryption-key": args.encryption.value };
    const secret = this.createSettings(`${name}-settings`, args, kept);
    const settings = {
      secret: secret.metadata.name,
      revision: args.platform.revisionOf(contentOf(entries)),
    };
    const system = new System(
      `${name}-system`,
      {
        platform: args.platform,
        workload,
        component: "logging",
        replicas,
        ports: systemPorts.kibana,
        ...(operator
          ? operatedKibana({ ...args, operator, replicas }, { ...settings, entries: Object.keys(entries) })
          : { pod: podOf(args, { ...settings, entries: Object.keys(entries) }) }),
      },
      { parent: this },
    );
    this.url = pulumi.interpolate`https://${system.host}:${systemPorts.kibana.https}`;
    this.demand = system.demand;
    this.registerOutputs({ url: this.url });
  }

  private createSettings(
    name: string,
    { platform }: KibanaArgs,
    stringData: Readonly<Record<string, pulumi.Output<string>>>,
  ) {
    const metadata = metadataOf({
      name: "kibana-settings",
      namespace: platform.namespace,
      workload,
      component: "logging",
    });
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }
}

function fileEntries(args: KibanaArgs): Record<string, pulumi.Output<string>> {
  const { authority } = args;
  return { [settingsEntry]: secretSettings(args), ...(authority && { [authorityEntry]: authority }) };
}

/** The settings that are secret, or known late: a second file of the configuration. JSON is YAML. */
function secretSettings({ elasticsearch, login, encryption, authority }: KibanaArgs): pulumi.Output<string> {
  return pulumi
    .all([elasticsearch.url, login.username, login.password, encryption.value])
    .apply(([url, username, password, key]) =>
      JSON.stringify({
        "elasticsearch.hosts": [url],
        "elasticsearch.username": username,
        "elasticsearch.password": password,
        ...encryptionKeys(key),
        ...(authority && {
          "elasticsearch.ssl.certificateAuthorities": [`${settingsDirectory}/${authorityEntry}`],
        }),
      }),
    );
}

/** The settings that are secret, as entries of Kibana's keystore. */
function keystoreEntries({ login, encryption }: KibanaArgs): Record<string, pulumi.Output<string>> {
  const keyOf = (setting: keyof ReturnType<typeof encryptionKeys>) =>
    encryption.value.apply((key) => encryptionKeys(key)[setting]);
  return {
    "elasticsearch.password": login.password,
    "xpack.security.encryptionKey": keyOf("xpack.security.encryptionKey"),
    "xpack.encryptedSavedObjects.encryptionKey": keyOf("xpack.encryptedSavedObjects.encryptionKey"),
    "xpack.reporting.encryptionKey": keyOf("xpack.reporting.encryptionKey"),
  };
}

function encryptionKeys(key: string) {
  return {
    "xpack.security.encryptionKey": keyFor("sessions", key),
    "xpack.encryptedSavedObjects.encryptionKey": keyFor("objects", key),
    "xpack.reporting.encryptionKey": keyFor("reports", key),
  };
}

/** A key for one use, of 64 characters: at least 32 are asked for. */
function keyFor(use: string, key: string): string {
  return createHmac("sha256", key).update(use).digest("hex");
}

/** The official image: user 1000. Its entry point is not used: it would put settings into the arguments. */
function podOf(
  { image, resources, certificate }: KibanaArgs,
  settings: Pick<SecretFiles, "secret" | "revision" | "entries">,
): SystemPod {
  return {
    user: { uid: 1000, gid: 1000 },
    containers: [
      {
        name: workload,
        image,
        command: [
          "/usr/share/kibana/bin/kibana",
          ...["--config", "/etc/kibana/kibana.yml"],
          ...["--config", `${settingsDirectory}/${settingsEntry}`],
        ],
        env: [heapOption(resources)],
        resources,
        ...probes,
      },
    ],
    files: {
      directory: "/etc/kibana",
      content: { "kibana.yml": textBeside(import.meta.url, "kibana.yml") },
      exceptions: namesNoSecret("KSV-01010"),
    },
    secrets: [
      { name: "certificate", directory: "/run/secrets/certificate", ...certificate },
      { name: "settings", directory: settingsDirectory, ...settings },
    ],
    scratch: [
      { name: "data", directory: "/var/lib/kibana", size: "128Mi" },
      { name: "tmp", directory: "/tmp", size: "128Mi" },
    ],
    terminationGracePeriodSeconds: 60,
  };
}
