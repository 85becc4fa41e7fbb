import { isKind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import type { Labels } from "./selectors.ts";
import { at, type Fields, fields, list, text, texts } from "./values.ts";

/** A pod's specification, wherever an object holds it. */
export interface PodSpec {
  /** Path of the specification in its object. */
  readonly path: string;
  readonly spec: Fields;
  /** Labels of the pod. */
  readonly labels: Labels;
  /** Annotations of the pod, and their path in the object. */
  readonly annotations: { readonly path: string; readonly values: Fields };
}

/** Where in its pod a container stands. */
type ContainerRole = "initContainers" | "containers" | "ephemeralContainers";

/** A container of any sort, with its path in the object. */
export interface Container {
  readonly path: string;
  readonly name: string;
  readonly role: ContainerRole;
  /** It runs as long as the pod does: a container proper, or an init container that restarts always (a sidecar). */
  readonly isLasting: boolean;
  readonly container: Fields;
}

const template = ["spec", "template", "spec"] as const;

const specPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  PodTemplate: ["template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** Where custom resources have pods: workloads of other controllers, and operators that complete a template. */
const otherPaths: readonly (readonly string[])[] = [template, ["spec", "podTemplate", "spec"]];

const builtIn = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"];

function specPathOf(object: KubernetesObject): readonly string[] | undefined {
  if (isKind(object, ...builtIn)) return template;
  const own = Object.keys(specPaths).find((kind) => isKind(object, kind));
  if (own !== undefined) return specPaths[own];
  return otherPaths.find((path) => Array.isArray(at(object, ...path, "containers")));
}

/** The pod specification of an object of any kind that has one. */
export function podSpecOf(object: KubernetesObject): PodSpec | undefined {
  const path = specPathOf(object);
  if (!path) return undefined;
  const pod = fields(at(object, ...path.slice(0, -1)));
  const metadata = fields(pod.metadata);
  return {
    path: path.join("."),
    spec: fields(pod.spec),
    labels: texts(metadata.labels),
    annotations: {
      path: [...path.slice(0, -1), "metadata", "annotations"].join("."),
      values: fields(metadata.annotations),
    },
  };
}

const roles: readonly ContainerRole[] = ["initContainers", "containers", "ephemeralContainers"];

/** All containers of a pod: init containers, containers, and ephemeral ones. */
export function containersOf({ path, spec }: PodSpec): Container[] {
  return roles.flatMap((role) =>
    list(spec[role]).map((item, index) => {
      const container = fields(item);
      const isSidecar = role === "initContainers" && container.restartPolicy === "Always";
      return {
        path: `${path}.${role}[${index}]`,
        name: text(container.name) ?? `${role}[${index}]`,
        role,
        isLasting: role === "containers" || isSidecar,
        container,
      };
    }),
  );
}
