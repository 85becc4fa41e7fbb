import type { Recording } from "./mocks.ts";
import { operatedWorkload } from "./operated.ts";

/**
 * What the rendered objects of a namespace may come to at most, in plain numbers (cores, bytes, counts): counted from the
 * manifests alone, as the API server's quota would count them. Nothing here is shared with how the quota is made.
 */
export function renderedCapacity(
  recording: Recording,
  args: { readonly namespace: string; readonly nodes: number },
): Record<string, number> {
  const total: Record<string, number> = {
    pods: 0,
    persistentvolumeclaims: 0,
    "requests.storage": 0,
    "services.loadbalancers": 0,
    "services.nodeports": 0,
  };
  const add = (key: string, amount: number) => {
    total[key] = (total[key] ?? 0) + amount;
  };
  const objects = recording.asked
    .map((asked) => (operatedWorkload(asked) ?? asked).inputs as unknown as Manifest)
    .filter(({ metadata }) => metadata?.namespace === args.namespace);
  for (const object of objects) {
    const count = podsOf(object, objects, args.nodes);
    const pod = (object.spec?.jobTemplate?.spec ?? object.spec)?.template?.spec;
    if (!pod || count === undefined) continue;
    add("pods", count);
    for (const [key, amount] of Object.entries(sizeOfPod(pod))) add(key, count * amount);
    for (const { spec } of object.spec?.volumeClaimTemplates ?? []) {
      add("persistentvolumeclaims", object.spec?.replicas ?? 1);
      add("requests.storage", (object.spec?.replicas ?? 1) * amountOf(spec.resources.requests.storage));
    }
  }
  return total;
}

interface Container {
  readonly name: string;
  readonly resources?: Partial<Record<"requests" | "limits", Readonly<Record<string, string>>>>;
}

interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Manifest {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly maxReplicas?: number;
    readonly parallelism?: number;
    readonly concurrencyPolicy?: string;
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
    readonly template?: { readonly spec: Pod };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: Pod } } };
    readonly volumeClaimTemplates?: readonly {
      readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
    }[];
  };
}

/** Pods of one object at a time; old ones still end while all of the new ones are there already. */
function podsOf(
  { kind, metadata, spec }: Manifest,
  all: readonly Manifest[],
  nodes: number,
): number | undefined {
  const scaler = all.find(
    (other) =>
      other.kind === "HorizontalPodAutoscaler" &&
      other.spec?.scaleTargetRef?.kind === kind &&
      other.spec?.scaleTargetRef?.name === metadata?.name,
  );
  if (kind === "Deployment") return 2 * (scaler?.spec?.maxReplicas ?? spec?.replicas ?? 1);
  if (kind === "StatefulSet") return spec?.replicas ?? 1;
  if (kind === "Job") return 2 * (spec?.parallelism ?? 1);
  // One by its schedule, and one that a person starts besides.
  if (kind === "CronJob") return spec?.concurrencyPolicy === "Forbid" ? 2 : Number.NaN;
  return kind === "DaemonSet" ? nodes : undefined;
}

/** https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers */
function sizeOfPod({ containers, initContainers = [] }: Pod): Record<string, number> {
  const size: Record<string, number> = {};
  for (const side of ["requests", "limits"] as const) {
    for (const resource of ["cpu", "memory", "ephemeral-storage"]) {
      const of = (container: Container) => amountOf(container.resources?.[side]?.[resource]);
      const running = containers.map(of).reduce((sum, amount) => sum + amount, 0);
      size[`${side}.${resource}`] = Math.max(running, ...initContainers.map(of));
    }
  }
  return size;
}

const factors: Readonly<Record<string, number>> = {
  m: 0.001,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A Kubernetes quantity as a number; one that is missing is none, so that sums show it. */
export function amountOf(quantity: string | undefined): number {
  const [, number, unit] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity ?? "") ?? [];
  return Number(number) * (unit ? (factors[unit] ?? Number.NaN) : 1);
}
