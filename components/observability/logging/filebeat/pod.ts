import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../../contract/systems.ts";
import type { Platform } from "../../../foundation/index.ts";
import { hardenedPod } from "../../../foundation/pod.ts";
import { bytesOf } from "../../../foundation/quantity.ts";
import { withEphemeralStorage } from "../../../foundation/resources.ts";
import { serviceHost } from "../../../foundation/settings.ts";
import type { FilebeatArgs } from "./index.ts";

export const workload = systemNames.filebeat;
/** Size of its directory for what goes with the pod. */
export const scratch = "64Mi";
const healthPort = 5066;

/** What differs by who makes the pods. */
export interface PodParts {
  /** Name of its ServiceAccount. */
  readonly account: pulumi.Output<string>;
  /** Name of the ConfigMap with its configuration. @default the operator mounts it, and says where it is */
  readonly configMap?: pulumi.Output<string>;
  /** The volume in which it notes how far it has read, and where that is mounted. */
  readonly positions: { readonly volume: string; readonly directory: string };
}

/** The pod on each node, as the only container of root. */
export function podOf(args: FilebeatArgs, parts: PodParts): k8s.types.input.core.v1.PodSpec {
  const { platform, image, resources, certificate } = args;
  const { account, configMap, positions } = parts;
  const hardened = hardenedPod({
    account,
    user: root,
    pullSecrets: platform.pullSecrets,
    terminationGracePeriodSeconds: 30,
    containers: [
      {
        name: workload,
        image,
        ...(configMap && { args: ["-e", "-c", "/etc/filebeat/filebeat.yml"] }),
        env: environmentOf(args),
        ports: [{ name: "health", containerPort: healthPort, protocol: "TCP" }],
        resources: withEphemeralStorage(resources, scratch),
        volumeMounts: [
          ...(configMap ? [{ name: "configuration", mountPath: "/etc/filebeat", readOnly: true }] : []),
          { name: "certificate", mountPath: "/run/secrets/certificate", readOnly: true },
          { name: "logs", mountPath: logDirectory, readOnly: true },
          { name: positions.volume, mountPath: positions.directory },
          { name: "tmp", mountPath: "/tmp" },
        ],
        ...probes,
      },
    ],
    volumes: [
      ...(configMap ? [{ name: "configuration", configMap: { name: configMap, defaultMode: 0o444 } }] : []),
      { name: "certificate", secret: { secretName: certificate.secret, defaultMode: 0o440 } },
      { name: "logs", hostPath: { path: logDirectory, type: "Directory" } },
      { name: positions.volume, hostPath: { path: positionsOf(platform), type: "DirectoryOrCreate" } },
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
