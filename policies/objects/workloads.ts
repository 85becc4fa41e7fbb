import type { Workload } from "./stack.ts";

const ending = ["Job", "CronJob", "PodTemplate"];

/** Whether a workload's pods are to run until somebody ends them. */
export function isLongRunning({ kind, pod }: Workload): boolean {
  return !ending.includes(kind) && (kind !== "Pod" || (pod.spec.restartPolicy ?? "Always") === "Always");
}
