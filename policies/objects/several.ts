import { fewestPods, type Scaler, scalersOf } from "./scaling.ts";
import type { Stack, Workload } from "./stack.ts";

/** A Deployment or StatefulSet that is meant to have several pods at any time. */
interface Several {
  readonly object: Workload;
  /** The fewest that it has. */
  readonly pods: number;
  /** What says so, such as `replicas 3`, and its path where that is the workload's own. */
  readonly because: string;
  readonly scaler: Scaler | undefined;
}

/** @param fewest number of pods from which on they are several */
export function severalPods(stack: Stack, fewest = 2): Several[] {
  const scalers = scalersOf(stack);
  return stack.workloads.flatMap((object) => {
    if (!["Deployment", "StatefulSet"].includes(object.kind)) return [];
    const pods = fewestPods(object, scalers) ?? 1;
    if (pods < fewest) return [];
    const [scaler] = scalers.of(object);
    const because = scaler
      ? `${scaler.object.kind} ${scaler.object.name} keeps at least ${pods}`
      : `it has replicas: ${pods}`;
    return [{ object, pods, because, scaler }];
  });
}
