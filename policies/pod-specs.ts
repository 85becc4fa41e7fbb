import type { KubernetesObject } from "./rule.ts";
import { type Fields, fields, list, text } from "./values.ts";

/** A pod's specification, wherever an object holds it. */
export interface PodSpec {
  /** Path of the specification in its object. */
  readonly path: string;
  readonly spec: Fields;
  /** Annotations of the pod, and their path in the object. */
  readonly annotations: { readonly path: string; readonly values: Fields };
}

/** A container of any sort, with its path in the object. */
export interface Container {
  readonly path: string;
  readonly name: string;
  readonly container: Fields;
}

const specPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  PodTemplate: ["template", "spec"],
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  ReplicationController: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** The pod specification of an object of any kind that has one. */
export function podSpecOf(object: KubernetesObject): PodSpec | undefined {
  const path = specPaths[text(object.kind) ?? ""];
  if (!path) return undefined;
  const pod = path.slice(0, -1).reduce<unknown>((value, key) => fields(value)[key], object);
  const { spec, metadata } = fields(pod);
  return {
    path: path.join("."),
    spec: fields(spec),
    annotations: {
      path: [...path.slice(0, -1), "metadata", "annotations"].join("."),
      values: fields(fields(metadata).annotations),
    },
  };
}

/** All containers of a pod: init containers, containers, and ephemeral ones. */
export function containersOf({ path, spec }: PodSpec): Container[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((kind) =>
    list(spec[kind]).map((item, index) => {
      const container = fields(item);
      return {
        path: `${path}.${kind}[${index}]`,
        name: text(container.name) ?? `${kind}[${index}]`,
        container,
      };
    }),
  );
}
