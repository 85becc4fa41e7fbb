import { platformName } from "../../components/foundation/labels.ts";
import { type Asked, objectName, type Recording } from "./mocks.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The part of a resource's inputs at a path such as `spec.template.spec.containers.0`. @throws Error that says where it ends */
export function at(resource: Asked, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key, index, keys) => {
    if (typeof value === "object" && value !== null && Object.hasOwn(value, key))
      return (value as Fields)[key];
    const here = [resource.name, ...keys.slice(0, index)].join(".");
    throw new Error(`${here} has no ${key}; it is ${JSON.stringify(value)}`);
  }, resource.inputs);
}

/** Everything that makes pods. */
export function workloads(recording: Recording): Asked[] {
  return ["Deployment", "StatefulSet", "Job"].flatMap((kind) => recording.ofKind(kind));
}

/** Name of the Kubernetes object; of a Job without the checksum of its content. */
export function nameOf(resource: Asked): string {
  return objectName(resource.inputs);
}

/** The one container of a workload's pod. */
export function containerOf(workload: Asked): Fields {
  const containers = at(workload, "spec.template.spec.containers") as Fields[];
  if (containers.length === 1 && containers[0]) return containers[0];
  throw new Error(`${workload.name} has ${containers.length} containers`);
}

/** Every container of a workload's pod: what prepares it, and the one that stays. */
export function allContainersOf(workload: Asked): Fields[] {
  const { initContainers = [] } = at(workload, "spec.template.spec") as { initContainers?: Fields[] };
  return [...initContainers, containerOf(workload)];
}

/** Annotations of a workload's pod. */
export function annotationsOf(workload: Asked): Record<string, string> {
  return at(workload, "spec.template.metadata.annotations") as Record<string, string>;
}

/** Environment of a workload's container by variable: the value, or where it comes from. */
export function environmentOf(workload: Asked): Record<string, unknown> {
  const env = containerOf(workload).env as
    | { name: string; value?: string; valueFrom?: unknown }[]
    | undefined;
  return Object.fromEntries((env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

/** The labels that a workload's objects have in full. */
export function labels(name: string, component: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/part-of": platformName,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** The labels that select a workload's pods. */
export function selector(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": platformName };
}
