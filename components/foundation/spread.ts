import type * as k8s from "@pulumi/kubernetes";
import { selectorLabels } from "./labels.ts";

/**
 * Pods of one workload go to different zones and nodes where there are such, and never wait for one.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export function spreadOver(workload: string): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorLabels(workload) },
    // Each revision by itself: a rollout would otherwise be spread against the pods that it replaces.
    matchLabelKeys: ["pod-template-hash"],
  }));
}
