import { groupOf, isKind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import { type Container, containersOf, type PodSpec, podSpecOf } from "./pods.ts";
import { fits, fitsMap, type Labels, labelsAmong, selectorKey } from "./selectors.ts";
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
  /** All objects of a kind, in one namespace if one is named; of Kubernetes' kinds its own, as `isKind` says. */
  ofKind(kind: string, namespace?: string): readonly StackObject[];
  /** The object of a kind, in the same sense, by its name. */
  find(kind: string, namespace: string, name: string): StackObject | undefined;
  /** Workloads of a namespace whose pods fit a LabelSelector: the same array whenever it is asked for the same. */
  podsFitting(namespace: string, selector: unknown): readonly Workload[];
  /** Workloads of a namespace whose pods have all of these labels, in the same way; none when there are no labels. */
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
  const certain = objects.filter(({ content, kind }) => isKind(content, kind));
  const byKind = Map.groupBy(certain, ({ kind }) => kind);
  const byPlace = Map.groupBy(certain, ({ kind, namespace }) => `${kind} ${namespace}`);
  const byName = new Map(certain.map((object) => [idOf(object), object]));
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
  const podsWith = remembering((namespace, selector) => {
    const labels = texts(fields(selector).matchLabels);
    const written = Object.fromEntries(Object.entries(labels).filter(([key]) => !addedLabels.has(key)));
    const [first] = Object.entries(written);
    const pod = labels[podNameLabel];
    if (!first && pod !== undefined) {
      const owner = byName.get(idOf({ kind: "StatefulSet", namespace, name: pod.replace(/-\d+$/, "") }));
      return workloads.filter(({ content }) => content === owner?.content);
    }
    if (!first) return [];
    const candidates = fewest(
      Object.entries(written).map(([key, value]) => labelled.get(`${namespace} ${key}=${value}`) ?? []),
    );
    return candidates.map(({ workload }) => workload).filter((workload) => fitsMap(written, workload.labels));
  });
  const podsFitting = remembering((namespace, selector) => {
    const plain = texts(fields(selector).matchLabels);
    const among = labelsAmong(selector).map((labels) =>
      labels.flatMap((label) => labelled.get(`${namespace} ${label}`) ?? []).map(({ workload }) => workload),
    );
    const candidates = [
      ...(Object.keys(plain).length > 0 ? [podsWith(namespace, { matchLabels: plain })] : []),
      ...among,
    ];
    const few = candidates.length > 0 ? fewest(candidates) : (pods.get(namespace) ?? []);
    return few.filter(({ labels }) => fits(selector, labels));
  });
  return {
    objects,
    workloads,
    ofKind: (kind, namespace) =>
      (namespace === undefined ? byKind.get(kind) : byPlace.get(`${kind} ${namespace}`)) ?? [],
    find: (kind, namespace, name) => byName.get(idOf({ kind, namespace, name })),
    podsWith: (namespace, labels) => podsWith(namespace, { matchLabels: labels }),
    podsFitting,
  };
}

type Look = (namespace: string, selector: unknown) => readonly Workload[];

/** Looks once for each selector of a namespace: a thousand policies may have the same. */
function remembering(look: Look): Look {
  const answers = new Map<string, readonly Workload[]>();
  return (namespace, selector) => {
    const question = `${namespace} ${selectorKey(selector)}`;
    const answer = answers.get(question) ?? look(namespace, selector);
    answers.set(question, answer);
    return answer;
  };
}

/** The shortest of some lists; an empty one where there are none. */
export function fewest<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return lists.reduce((least, one) => (one.length < least.length ? one : least), lists[0] ?? []);
}

/** Tells an object from all others of a set. */
export function idOf(one: Pick<StackObject, "kind" | "namespace" | "name">): string {
  return `${one.kind} ${one.namespace} ${one.name}`;
}

/** The same, also from those of another group of that kind. */
export function identityOf(one: Pick<StackObject, "group" | "kind" | "namespace" | "name">): string {
  return `${one.group} ${idOf(one)}`;
}

function stackObject({ content, source }: Given): StackObject {
  const metadata = fields(content.metadata);
  return {
    content,
    kind: text(content.kind) ?? "",
    group: groupOf(content),
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
