/** Labels of one object: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export type Labels = Readonly<Record<string, string>>;

/** The platform's name in labels. */
export const platformName = "iot-verification";

/** What identifies the pods of one workload; immutable once deployed. */
export function selectorLabels(workload: string): Labels {
  return { "app.kubernetes.io/name": workload, "app.kubernetes.io/part-of": platformName };
}

/** Labels of a workload's objects. */
export function workloadLabels(workload: string, component: Component): Labels {
  return {
    ...selectorLabels(workload),
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** The part that a workload plays in the platform. */
export type Component =
  | "gateway"
  | "verifier"
  | "database"
  | "cache"
  | "migrations"
  | "foundation"
  | "object-storage"
  | "backup"
  | "networking"
  | "metrics"
  | "dashboards"
  | "tracing"
  | "logging"
  | "observability";
