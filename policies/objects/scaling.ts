import type { KubernetesObject } from "./object.ts";
import { idOf, type Stack, type StackObject, type Workload } from "./stack.ts";
import { fields, isSet, list, number, text } from "./values.ts";

/** An object that sets the number of somebody else's pods: a HorizontalPodAutoscaler, or KEDA's ScaledObject. */
export interface Scaler {
  readonly object: StackObject;
  /** Path of what names the target, such as `spec.scaleTargetRef`. */
  readonly path: string;
  readonly target: { readonly kind: string; readonly name: string };
  /** 1 where none is given, 0 for a ScaledObject. */
  readonly min: number;
  readonly max: number | undefined;
}

/** Autoscalers by what they scale. */
export interface Scalers {
  readonly all: readonly Scaler[];
  of(workload: Pick<StackObject, "kind" | "namespace" | "name">): readonly Scaler[];
}

export function scalersOf(stack: Stack): Scalers {
  const all = [
    ...stack.ofKind("HorizontalPodAutoscaler").flatMap((object) => {
      const spec = fields(object.content.spec);
      return scalerOf(object, { min: number(spec.minReplicas) ?? 1, max: number(spec.maxReplicas) });
    }),
    ...stack.ofKind("ScaledObject").flatMap((object) => {
      const spec = fields(object.content.spec);
      return scalerOf(object, {
        min: number(spec.minReplicaCount) ?? 0,
        max: number(spec.maxReplicaCount) ?? 100,
      });
    }),
  ];
  const byTarget = Map.groupBy(all, ({ object, target }) => idOf({ ...target, namespace: object.namespace }));
  return { all, of: (workload) => byTarget.get(idOf(workload)) ?? [] };
}

function scalerOf(object: StackObject, bounds: Pick<Scaler, "min" | "max">): Scaler[] {
  const target = fields(fields(object.content.spec).scaleTargetRef);
  const name = text(target.name);
  if (!name) return [];
  const kind = text(target.kind) ?? "Deployment";
  return [{ object, path: "spec.scaleTargetRef", target: { kind, name }, ...bounds }];
}

/** Whether an autoscaler names no metric: the API server then has it hold 80 % of the cpu that its pods request. */
export function isAimless({ spec }: KubernetesObject): boolean {
  const { metrics, targetCPUUtilizationPercentage } = fields(spec);
  return list(metrics).length === 0 && !isSet(targetCPUUtilizationPercentage);
}

/** The fewest pods that a workload has while nothing fails: its autoscaler's minimum, or its own number. */
export function fewestPods(workload: Workload, scalers: Scalers): number | undefined {
  const [scaler] = scalers.of(workload);
  if (scaler) return scaler.min;
  if (["Deployment", "StatefulSet", "ReplicaSet"].includes(workload.kind)) return workload.replicas ?? 1;
  return workload.replicas;
}

/** A number of pods or a percentage of them, as fields of the type IntOrString hold one; undefined for anything else. */
export function podCount(value: unknown, of: number, rounding: "up" | "down" = "up"): number | undefined {
  if (typeof value === "number") return value;
  const share = /^(\d+)%$/.exec(text(value) ?? "")?.[1];
  if (share === undefined) return undefined;
  const exact = (Number(share) * of) / 100;
  return rounding === "up" ? Math.ceil(exact) : Math.floor(exact);
}
