import type * as k8s from "@pulumi/kubernetes";
import { selectorLabels } from "./labels.ts";

/** Where the pods of a workload go, as a part of their specification. */
export type Spread = Pick<k8s.types.input.core.v1.PodSpec, "topologySpreadConstraints" | "affinity">;

const node = "kubernetes.io/hostname";
const zone = "topology.kubernetes.io/zone";

/**
 * Pods of one workload go to different zones and nodes where there are such, and never wait for one.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export function spreadOver(workload: string): Spread {
  const labelSelector = { matchLabels: selectorLabels(workload) };
  return {
    topologySpreadConstraints: [zone, node].map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector,
      // Each revision by itself: a rollout would otherwise be spread against the pods that it replaces.
      matchLabelKeys: ["pod-template-hash"],
    })),
    // In the middle of a rollout, also away from the pods of the revision before.
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: node, labelSelector } },
        ],
      },
    },
  };
}
