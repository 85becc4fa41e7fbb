import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createAccount } from "../../../foundation/account.ts";
import { auditExceptions, namesNoSecret, pinnedByTag } from "../../../foundation/audit.ts";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import {
  checksumOf,
  credentialRevisionAnnotation,
  settingsChecksumAnnotation,
} from "../../../foundation/checksum.ts";
import type { Platform } from "../../../foundation/index.ts";
import { selectorLabels, workloadLabels } from "../../../foundation/labels.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { type ContainerResources, withEphemeralStorage } from "../../../foundation/resources.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";
import type { OperatorForm } from "../elasticsearch/forms.ts";
import { createBeat } from "./operated.ts";
import { type PodParts, podOf, scratch, workload } from "./pod.ts";

export interface FilebeatArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Who runs it in place of a DaemonSet. @default nobody */
  readonly operator?: Pick<OperatorForm, "version"> | undefined;
  /** Complete reference of the official image, of Logstash's version. */
  readonly image: string;
  /** CPU and memory on each node. */
  readonly resources: ContainerResources;
  /** Nodes that the cluster may grow to: a pod for each. */
  readonly nodes: number;
  /** Lines that are taken from one service on one node in a minute; those beyond are dropped. */
  readonly linesPerMinute: number;
  /** By which Logstash knows it, in its own namespace. */
  readonly certificate: MountedCertificate;
}

/**
 * Filebeat on every node, which ships what the platform's containers write.
 *
 * It reads files of the node that belong to root, hence its namespace and its user. That is all it may do: it has no
 * capability, writes to one directory of the node, and calls no API server.
 */
export class Filebeat extends pulumi.ComponentResource {
  /** What it may ask of its namespace. */
  readonly demand: Demand;

  constructor(name: string, args: FilebeatArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Filebeat", name, {}, options);
    const { shipperNamespace: namespace } = args.platform;
    const account = createAccount(`${name}-account`, { namespace, workload, component: "logging" }, this);
    if (args.operator) {
      createBeat(`${name}-beat`, { ...args, operator: args.operator }, account.metadata.name, this);
    } else {
      const configuration = this.createConfiguration(`${name}-configuration`, args);
      this.createDaemonSet(`${name}-daemonset`, args, {
        account: account.metadata.name,
        configMap: configuration.metadata.name,
        positions: { volume: "positions", directory: "/var/lib/filebeat" },
      });
    }
    const containers = [withEphemeralStorage(args.resources, scratch)];
    this.demand = { workload, pods: args.nodes, containers };
    this.registerOutputs();
  }

  private createConfiguration(name: string, args: FilebeatArgs) {
    return new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: {
          ...metadata(args, `${workload}-configuration`),
          annotations: auditExceptions(namesNoSecret("KSV-01010")),
        },
        data: files,
      },
      { parent: this },
    );
  }

  private createDaemonSet(name: string, args: FilebeatArgs, parts: PodParts) {
    return new k8s.apps.v1.DaemonSet(
      name,
      {
        metadata: {
          ...metadata(args, workload),
          annotations: auditExceptions([...pinnedByTag([args.image]), ...exceptions]),
        },
        spec: {
          revisionHistoryLimit: 3,
          selector: { matchLabels: selectorLabels(workload) },
          // Two at one time would read the same files.
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: 0 } },
          template: {
            metadata: {
              labels: workloadLabels(workload, "logging"),
              annotations: {
                [settingsChecksumAnnotation]: checksumOf(files),
                [credentialRevisionAnnotation("certificate")]: args.certificate.revision,
              },
            },
            spec: podOf(args, parts),
          },
        },
      },
      { parent: this },
    );
  }
}

/** Checks of the project's policies, Pod Security, kube-score, checkov and trivy against what it is for. */
export const exceptions = [
  ...["restricted-pods", "hostPathVolumes", "restrictedVolumes", "runAsNonRoot", "runAsUser"],
  ...["container-security-context-user-group-id", "CKV_K8S_23", "CKV_K8S_40"],
  ...["KSV-0012", "KSV-0020", "KSV-0021", "KSV-0023", "KSV-0105", "KSV-0116"],
].map((check) => ({
  check,
  reason: "Reads the logs of containers, which are files of root on the node. It is alone in its namespace.",
}));

const files = { "filebeat.yml": textBeside(import.meta.url, "filebeat.yml") };

function metadata({ platform }: FilebeatArgs, name: string) {
  return metadataOf({ name, namespace: platform.shipperNamespace, workload, component: "logging" });
}
