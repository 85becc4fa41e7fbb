import { fewestPods, type Scalers } from "./scaling.ts";
import type { Stack, StackObject, Workload } from "./stack.ts";
import { fields, isSet } from "./values.ts";

/** A PodDisruptionBudget with the pods that it is about. */
export interface Budget {
  readonly object: StackObject;
  readonly minAvailable: unknown;
  readonly maxUnavailable: unknown;
  /** Workloads in the set whose pods it selects. */
  readonly workloads: readonly Workload[];
  /** Whether an autoscaler sets the number of some of them. */
  readonly isScaled: boolean;
  /** The fewest pods of these while nothing fails; undefined where one of them does not say. */
  readonly pods: number | undefined;
}

export function budgetsOf(stack: Stack, scalers: Scalers): Budget[] {
  const known = new WeakMap<Budget["workloads"], Pick<Budget, "isScaled" | "pods">>();
  const countOf = (workloads: Budget["workloads"]) => {
    const count = known.get(workloads) ?? countPods(workloads, scalers);
    known.set(workloads, count);
    return count;
  };
  return stack.ofKind("PodDisruptionBudget").map((object) => {
    const { minAvailable, maxUnavailable, selector } = fields(object.content.spec);
    const workloads = isSet(selector) ? stack.podsFitting(object.namespace, selector) : [];
    return { object, minAvailable, maxUnavailable, workloads, ...countOf(workloads) };
  });
}

function countPods(workloads: Budget["workloads"], scalers: Scalers): Pick<Budget, "isScaled" | "pods"> {
  const counts = workloads.map((workload) => fewestPods(workload, scalers));
  const isKnown = counts.length > 0 && counts.every((count) => count !== undefined);
  return {
    isScaled: workloads.some((workload) => scalers.of(workload).length > 0),
    pods: isKnown ? counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) : undefined,
  };
}

/** Pods for a message, such as `1 pod`. */
export function describePods(count: number): string {
  return count === 1 ? "1 pod" : `${count} pods`;
}
