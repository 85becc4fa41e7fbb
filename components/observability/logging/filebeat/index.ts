import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../../contract/systems.ts";
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
import { hardenedPod } from "../../../foundation/pod.ts";
import { bytesOf } from "../../../foundation/quantity.ts";
import { type ContainerResources, withEphemeralStorage } from "../../../foundation/resources.ts";
import { serviceHost } from "../../../foundation/settings.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";

export interface FilebeatArgs {
  /** What it stands on. */
  readonly platform: Platform;
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

const workload = systemNames.filebeat;
const scratch = "64Mi";
const healthPort = 5066;

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
    const configuration = this.createConfiguration(`${name}-configuration`, args);
    this.createDaemonSet(`${name}-daemonset`, args, {
      account: account.metadata.name,
      configMap: configuration.metadata.name,
    });
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

  private createDaemonSet(name: string, args: FilebeatArgs, names: Names) {
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
            spec: podOf(args, names),
          },
        },
      },
      { parent: this },
    );
  }
}

/** Checks of the project's policies, Pod Security, kube-score, checkov and trivy against what it is for. */
const exceptions = [
  ...["restricted-pods", "hostPathVolumes", "restrictedVolumes", "runAsNonRoot", "runAsUser"],
  ...["container-security-context-user-group-id", "CKV_K8S_23", "CKV_K8S_40"],
  ...["KSV-0012", "KSV-0020", "KSV-0021", "KSV-0023", "KSV-0105", "KSV-0116"],
].map((check) => ({
  check,
  reason: "Reads the logs of containers, which are files of root on the node. It is alone in its namespace.",
}));

interface Names {
  readonly account: pulumi.Output<string>;
  readonly configMap: pulumi.Output<string>;
}

const files = { "filebeat.yml": textBeside(import.meta.url, "filebeat.yml") };

function metadata({ platform }: FilebeatArgs, name: string) {
  return metadataOf({ name, namespace: platform.shipperNamespace, workload, component: "logging" });
}

function podOf(args: FilebeatArgs, names: Names): k8s.types.input.core.v1.PodSpec {
  const { platform, image, resources, certificate } = args;
  const hardened = hardenedPod({
    account: names.account,
    user: root,
    pullSecrets: platform.pullSecrets,
    terminationGracePeriodSeconds: 30,
    containers: [
      {
        name: workload,
        image,
        args: ["-e", "-c", "/etc/filebeat/filebeat.yml"],
        env: environmentOf(args),
        ports: [{ name: "health", containerPort: healthPort, protocol: "TCP" }],
        resources: withEphemeralStorage(resources, scratch),
        volumeMounts: [
          { name: "configuration", mountPath: "/etc/filebeat", readOnly: true },
          { name: "certificate", mountPath: "/run/secrets/certificate", readOnly: true },
          { name: "logs", mountPath: logDirectory, readOnly: true },
          { name: "positions", mountPath: "/var/lib/filebeat" },
          { name: "tmp", mountPath: "/tmp" },
        ],
        ...probes,
      },
    ],
    volumes: [
      { name: "configuration", configMap: { name: names.configMap, defaultMode: 0o444 } },
      { name: "certificate", secret: { secretName: certificate.secret, defaultMode: 0o440 } },
      { name: "logs", hostPath: { path: logDirectory, type: "Directory" } },
      { name: "positions", hostPath: { path: positionsOf(platform), type: "DirectoryOrCreate" } },
      { name: "tmp", emptyDir: { sizeLimit: scratch } },
    ],
  });
  return {
    ...hardened,
    securityContext: { ...hardened.securityContext, runAsNonRoot: false },
    // Control planes run pods of the platform too, where they may run any.
    tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
  };
}

/** Files of containers' logs are root's alone. As their owner it needs no capability to read them. */
const root = { uid: 0, gid: 0 };

/** Where the kubelet has containers' logs: `NAMESPACE_POD_UID/CONTAINER/COUNT.log`. */
const logDirectory = "/var/log/pods";

/** On the node, so that it outlives pods: one for each stack that may be on it. */
function positionsOf({ shipperNamespace }: Platform): pulumi.Output<string> {
  return pulumi.interpolate`/var/lib/${shipperNamespace}/filebeat`;
}

function environmentOf({ platform, resources, linesPerMinute }: FilebeatArgs) {
  const { clusterDomain } = platform;
  // It need not be there yet: lines wait in their files.
  const logstash = pulumi
    .output(platform.namespace)
    .apply((namespace) => serviceHost(systemNames.logstash, { namespace, clusterDomain }));
  return [
    // Collects garbage in earnest before the kernel would end it: https://pkg.go.dev/runtime#hdr-Environment_Variables
    { name: "GOMEMLIMIT", value: `${Math.floor(0.9 * (bytesOf(resources.limits.memory) ?? 0))}B` },
    { name: "PLATFORM_NAMESPACE", value: platform.namespace },
    { name: "SHIPPER_NAMESPACE", value: platform.shipperNamespace },
    { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
    { name: "LINES_PER_MINUTE", value: String(linesPerMinute) },
    { name: "LOGSTASH_HOST", value: logstash },
  ];
}

/** Started: its inputs are there, within 2 minutes. Ready: it counts what it ships. Alive: it answers at all. */
const probes = {
  startupProbe: { httpGet: { path: "/inputs/", port: "health" }, periodSeconds: 2, failureThreshold: 60 },
  readinessProbe: { httpGet: { path: "/stats", port: "health" }, periodSeconds: 10, timeoutSeconds: 3 },
  livenessProbe: {
    httpGet: { path: "/", port: "health" },
    periodSeconds: 20,
    timeoutSeconds: 5,
    failureThreshold: 6,
  },
};
