import type { NodeShare } from "./resources.ts";

/** What a workload may ask of its namespace at most; the namespace's quota is the sum of these. */
export interface Demand {
  /** Name of the workload. */
  readonly workload: string;
  /** Pods that there may be at one time. */
  readonly pods: number;
  /** What each container of a pod takes. */
  readonly containers: readonly NodeShare[];
  /** What each of those takes that run before, one after the other. @default none */
  readonly initContainers?: readonly NodeShare[];
  /** Sizes of its volumes, as Kubernetes quantities. @default none */
  readonly volumes?: readonly string[];
}

/**
 * Pods that there may be while a workload is replaced that has so many: a rollout makes a new pod as soon as an old one
 * is told to end, and an old one takes as long as its grace period allows. One too few, and the rollout stands still
 * until the controller tries again, which it does ever more seldom.
 */
export function podsWhileReplaced(pods: number): number {
  return 2 * pods;
}
