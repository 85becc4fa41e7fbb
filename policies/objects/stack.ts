import type { KubernetesObject } from "./object.ts";
import { type Container, containersOf, type PodSpec, podSpecOf } from "./pods.ts";
import { fits, fitsMap, type Labels } from "./selectors.ts";
import { at, fields, ifKnown, number, text, texts } from "./values.ts";

/** An object among others. */
export interface StackObject {
  readonly content: KubernetesObject;
  readonly kind: string;
  /** Group of its API, without the version; "" is the core group. */
  readonly group: string;
  /** `default` where it names none. Of kinds that are in no namespace, too: nothing here depends on it. */
  readonly namespace: string;
  /** "" where a preview does not know it yet. */
  readonly name: string;
  /** File and line that it was read from, such as `web.yaml:12`; none in a Pulumi program. */
  readonly source?: string;
}

/** An object that makes pods, or is one. */
export interface Workload extends StackObject {
  /** Labels of its pods. */
  readonly labels: Labels;
  readonly pod: PodSpec;
  readonly containers: readonly Container[];
  /** How many pods it asks for; undefined where that is not its own to say (DaemonSet, Job, an HPA's target). */
  readonly replicas: number | undefined;
}

/** A set of objects that go to one cluster, with what rules look up in it. */
export interface Stack {
  readonly objects: readonly StackObject[];
  readonly workloads: readonly Workload[];
  /** All objects of a kind, in one namespace if one is named. */
  ofKind(kind: string, namespace?: string): readonly StackObject[];
  /** The object of a kind by its name. */
  find(kind: string, namespace: string, name: string): StackObject | undefined;
  /** Workloads of a namespace whose pods fit a LabelSelector. */
  podsFitting(namespace: string, selector: unknown): readonly Workload[];
  /** Workloads of a namespace whose pods have all of these labels; none when there are no labels. */
  podsWith(namespace: string, labels: Labels): readonly Workload[];
}

const podNameLabel = "statefulset.kubernetes.io/pod-name";

/** Labels that controllers add to the pods that they make: a selector may have them, no template has. */
const addedLabels = new Set([
  podNameLabel,
  "apps.kubernetes.io/pod-index",
  "controller-revision-hash",
  "pod-template-hash",
]);

/** Where an object comes from besides its content. */
export interface Given {
  readonly content: KubernetesObject;
  readonly source?: string;
}

export function stackOf(given: readonly Given[]): Stack {
  const objects = given.map(stackObject);
  const workloads = objects.flatMap(workloadOf);
  const byKind = Map.groupBy(objects, ({ kind }) => kind);
  const byPlace = Map.groupBy(objects, ({ kind, namespace }) => `${kind} ${namespace}`);
  const byName = new Map(
    objects.map((object) => [keyOf(object.kind, object.namespace, object.name), object]),
  );
  const pods = Map.groupBy(workloads, ({ namespace }) => namespace);
  const labelled = Map.groupBy(
    workloads.flatMap((workload) =>
      Object.entries(workload.labels).map(([key, value]) => ({
        place: `${workload.namespace} ${key}=${value}`,
        workload,
      })),
    ),
    ({ place }) => place,
  );
  const podsWith = (namespace: string, labels: Labels): Workload[] => {
    const written = Object.fromEntries(Object.entries(labels).filter(([key]) => !addedLabels.has(key)));
    const [first] = Object.entries(written);
    const pod = labels[podNameLabel];
    if (!first && pod !== undefined) {
      const owner = byName.get(keyOf("StatefulSet", namespace, pod.replace(/-\d+$/, "")));
      return workloads.filter(({ content }) => content === owner?.content);
    }
    if (!first) return [];
    const candidates = labelled.get(`${namespace} ${first[0]}=${first[1]}`) ?? [];
    return candidates.map(({ workload }) => workload).filter((workload) => fitsMap(written, workload.labels));
  };
  return {
    objects,
    workloads,
    ofKind: (kind, namespace) =>
      (namespace === undefined ? byKind.get(kind) : byPlace.get(`${kind} ${namespace}`)) ?? [],
    find: (kind, namespace, name) => byName.get(keyOf(kind, namespace, name)),
    podsWith,
    podsFitting: (namespace, selector) => {
      const plain = texts(fields(selector).matchLabels);
      const candidates =
        Object.keys(plain).length > 0 ? podsWith(namespace, plain) : (pods.get(namespace) ?? []);
      return candidates.filter(({ labels }) => fits(selector, labels));
    },
  };
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace} ${name}`;
}

function stackObject({ content, source }: Given): StackObject {
  const apiVersion = text(content.apiVersion) ?? "";
  const metadata = fields(content.metadata);
  return {
    content,
    kind: text(content.kind) ?? "",
    group: apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "",
    namespace: ifKnown(() => text(metadata.namespace)) ?? "default",
    name: ifKnown(() => text(metadata.name)) ?? "",
    ...(source !== undefined && { source }),
  };
}

function workloadOf(object: StackObject): Workload[] {
  const pod = podSpecOf(object.content);
  if (!pod) return [];
  return [
    { ...object, labels: pod.labels, pod, containers: containersOf(pod), replicas: replicasOf(object) },
  ];
}

function replicasOf({ kind, content }: StackObject): number | undefined {
  if (kind === "Pod") return 1;
  if (!["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"].includes(kind)) return undefined;
  return number(at(content, "spec", "replicas"));
}
