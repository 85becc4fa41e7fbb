import type * as k8s from "@pulumi/kubernetes";
import { containerSecurity } from "../../../foundation/pod.ts";
import type { ContainerResources } from "../../../foundation/resources.ts";
import { withEphemeralStorage } from "../../../foundation/resources.ts";

/** Who makes the pods of Prometheus or Alertmanager in place of a StatefulSet of ours. */
export interface MetricsOperator {
  /** Of the program, by which the operator writes its configuration and arguments. */
  readonly version: string;
  /** Number of pods. */
  readonly replicas: number;
}

/** Of the containers that the operator adds to both, one before and one beside: they hand a changed configuration over. */
export const reloader: ContainerResources = {
  requests: { cpu: "10m", memory: "50Mi" },
  limits: { cpu: "100m", memory: "50Mi" },
};

/** What a pod has of them, as `Operated.added` counts it. */
export const reloaders = {
  containers: [{ resources: reloader }],
  initContainers: [{ resources: reloader }],
} as const;

/**
 * What of a system's pod both resources say in the same fields. Ports, probes and arguments are the operator's, which restricts its
 * containers itself; those of its reloaders say by their names what they take of their node, and to judges what they may.
 */
export function podFields({ metadata, spec }: k8s.types.input.core.v1.PodTemplateSpec) {
  const pod = spec as k8s.types.input.core.v1.PodSpec;
  const [main] = pod.containers as k8s.types.input.core.v1.Container[];
  const { labels, annotations } = metadata as k8s.types.input.meta.v1.ObjectMeta;
  const added = { resources: withEphemeralStorage(reloader), securityContext: containerSecurity };
  return {
    podMetadata: { labels, annotations },
    serviceAccountName: pod.serviceAccountName,
    automountServiceAccountToken: pod.automountServiceAccountToken,
    enableServiceLinks: pod.enableServiceLinks,
    imagePullSecrets: pod.imagePullSecrets,
    imagePullPolicy: "Always",
    terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
    securityContext: pod.securityContext,
    topologySpreadConstraints: pod.topologySpreadConstraints,
    affinity: pod.affinity,
    resources: main?.resources,
    volumes: pod.volumes,
    volumeMounts: main?.volumeMounts,
    containers: [{ name: "config-reloader", ...added }],
    initContainers: [{ name: "init-config-reloader", ...added }],
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    logFormat: "json",
    portName: "http-metrics",
  } as const;
}
