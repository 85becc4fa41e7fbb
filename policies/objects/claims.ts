import { referencesOf } from "./references.ts";
import type { Scalers } from "./scaling.ts";
import type { Stack, StackObject, Workload } from "./stack.ts";
import { at, fields, list, number, text } from "./values.ts";
import { isLongRunning } from "./workloads.ts";

/** A claim of the set, as a workload's pods use it. */
export interface UsedClaim {
  readonly workload: Workload;
  readonly claim: StackObject;
  /** Path of the claim's name in the workload. */
  readonly path: string;
}

/** Claims that pods name; of a claim that is not in the set, nobody knows who may write. */
export function usedClaims(stack: Stack): UsedClaim[] {
  return stack.workloads.flatMap((workload) =>
    referencesOf(workload)
      .filter(({ kind }) => kind === "PersistentVolumeClaim")
      .flatMap(({ name, path }) => {
        const claim = stack.find("PersistentVolumeClaim", workload.namespace, name);
        return claim ? [{ workload, claim, path }] : [];
      }),
  );
}

/** Whether the pods of one node at most can use a claim. */
export function isSingleWriter({ content }: StackObject): boolean {
  const modes = list(at(content, "spec", "accessModes"));
  return modes.length > 0 && !modes.includes("ReadWriteMany") && !modes.includes("ReadOnlyMany");
}

/** The most pods of a workload that run at a time, without those of an update; undefined for one on each node. */
export function mostPods(workload: Workload, scalers: Scalers): number | undefined {
  if (workload.kind === "DaemonSet") return undefined;
  const { spec } = workload.content;
  if (!isLongRunning(workload)) return number(fields(spec).parallelism) ?? 1;
  const own = number(fields(spec).replicas) ?? 1;
  return Math.max(own, ...scalers.of(workload).map(({ max }) => max ?? 1));
}

/** Whether pods of a volume's definition are kept: a claim, or a file system of the network; not scratch space. */
export function isKept(volume: unknown): boolean {
  const { name, ...types } = fields(volume);
  return text(name) !== undefined && Object.keys(types).some((type) => !scratch.has(type));
}

const scratch = new Set([
  "emptyDir",
  "configMap",
  "secret",
  "projected",
  "downwardAPI",
  "image",
  "ephemeral",
]);
