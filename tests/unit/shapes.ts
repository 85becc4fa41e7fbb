import { platformName } from "../../components/foundation/labels.ts";
import { type Asked, objectName, type Recording } from "./mocks.ts";
import { operatedWorkload } from "./operated.ts";

type Fields = Readonly<Record<string, unknown>>;

/** As far as tests look into it. */
interface PodTemplate {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Fields & {
    readonly initContainers?: readonly Fields[];
    readonly containers: readonly Fields[];
    readonly volumes?: readonly (Fields & { readonly name: string })[];
  };
}

/** What a container reserves, and what it may use. */
export type Resources = Readonly<
  Record<"requests" | "limits", Readonly<Record<"cpu" | "memory" | "ephemeral-storage", string>>>
>;

const componentLabel = "app.kubernetes.io/component";

/** The part of a resource's inputs at a path such as `spec.template.spec.containers.0`. @throws Error that says where it ends */
export function at(resource: Asked, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key, index, keys) => {
    if (typeof value === "object" && value !== null && Object.hasOwn(value, key))
      return (value as Fields)[key];
    const here = [resource.name, ...keys.slice(0, index)].join(".");
    throw new Error(`${here} has no ${key}; it is ${JSON.stringify(value)}`);
  }, resource.inputs);
}

/** Everything that makes pods; of a custom resource, what its operator makes of it. */
export function workloads(recording: Recording): Asked[] {
  const own = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"].flatMap((kind) =>
    recording.ofKind(kind),
  );
  return [...own, ...recording.asked.flatMap((asked) => operatedWorkload(asked) ?? [])];
}

/** The workloads that run the platform's own services: the gateway and the verifiers. */
export function services(recording: Recording): Asked[] {
  return workloads(recording).filter((workload) =>
    ["gateway", "verifier"].includes(templateOf(workload).metadata.labels[componentLabel] ?? ""),
  );
}

/** Name of the Kubernetes object, without the checksum of its content. */
export function nameOf(resource: Asked): string {
  return objectName(resource.inputs);
}

/** The template that a workload makes its pods from. */
export function templateOf(workload: Asked): PodTemplate {
  const path = workload.inputs.kind === "CronJob" ? "spec.jobTemplate.spec.template" : "spec.template";
  return at(workload, path) as PodTemplate;
}

/** What stays of a workload's pod once it is prepared. */
export function containersOf(workload: Asked): readonly Fields[] {
  return templateOf(workload).spec.containers;
}

/** The one container of a workload's pod. */
export function containerOf(workload: Asked): Fields {
  const containers = containersOf(workload);
  if (containers.length === 1 && containers[0]) return containers[0];
  throw new Error(`${workload.name} has ${containers.length} containers`);
}

/** Every container of a workload's pod: those that prepare it, and those that stay. */
export function allContainersOf(workload: Asked): readonly Fields[] {
  const { initContainers = [], containers } = templateOf(workload).spec;
  return [...initContainers, ...containers];
}

/** Annotations of a workload's pod. */
export function annotationsOf(workload: Asked): Readonly<Record<string, string>> {
  return templateOf(workload).metadata.annotations ?? {};
}

/** Environment of a workload's one container by variable: the value, or where it comes from. */
export function environmentOf(workload: Asked): Record<string, unknown> {
  return environmentIn(containerOf(workload));
}

/** Environment of a container by variable: the value, or where it comes from. */
export function environmentIn(container: Fields): Record<string, unknown> {
  const env = container.env as { name: string; value?: string; valueFrom?: unknown }[] | undefined;
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

/** A volume of a pod, as far as tests look at it. */
export interface Volume {
  readonly name: string;
  readonly secret?: Items & { readonly secretName: string };
  readonly configMap?: Items & { readonly name: string };
  readonly emptyDir?: { readonly sizeLimit: string; readonly medium?: string };
  readonly hostPath?: { readonly path: string };
}

/** Which entries of a Secret or ConfigMap are mounted, and whether the pod waits for them. */
export interface Items {
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

export function volumesOf(workload: Asked): readonly Volume[] {
  return (templateOf(workload).spec.volumes ?? []) as readonly Volume[];
}
