import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "./capacity-demand.ts";
import { metadataOf } from "./metadata.ts";
import { bytesOf, cpuQuantity, memoryQuantity, millicoresOf } from "./quantity.ts";
import type { NodeShare } from "./resources.ts";

export interface CapacityArgs {
  /** Name of the namespace, once it exists. */
  readonly namespace: pulumi.Input<string>;
  /** What each workload in it may ask for. */
  readonly demands: readonly Demand[];
}

/**
 * What may be used of the cluster in one namespace: just what the platform's own workloads may ask for at most.
 *
 * It waits for nothing and nothing waits for it: where it refuses a pod that it is about to allow, the pod's controller
 * tries again.
 */
export class Capacity extends pulumi.ComponentResource {
  constructor(name: string, args: CapacityArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:foundation:Capacity", name, {}, options);
    const metadata = metadataOf({
      name: "capacity",
      namespace: args.namespace,
      workload: "capacity",
      component: "foundation",
    });
    new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata, spec: { hard: quotaOf(args.demands) } },
      { parent: this },
    );
    if (args.demands.length > 0) {
      new k8s.core.v1.LimitRange(
        `${name}-limits`,
        { metadata, spec: { limits: [containerLimits(args.demands)] } },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}

/**
 * The sum of what workloads may ask for, as the limits of a ResourceQuota. Nothing may be reached from outside the
 * cluster past the ingress: no Service has a load balancer or a port of the nodes.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export function quotaOf(demands: readonly Demand[]): Record<string, string> {
  const volumes = demands.flatMap((demand) => demand.volumes ?? []);
  const sum = (side: Side, resource: Resource) =>
    demands.reduce((total, demand) => total + demand.pods * amountOfPod(demand, side, resource), 0);
  const compute = sides.flatMap((side) =>
    resources.map((resource) => [`${side}.${resource}`, quantityOf(resource, sum(side, resource))] as const),
  );
  return {
    pods: String(demands.reduce((total, { pods }) => total + pods, 0)),
    ...Object.fromEntries(compute),
    persistentvolumeclaims: String(volumes.length),
    "requests.storage": memoryQuantity(volumes.reduce((total, size) => total + inBytes(size), 0)),
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}

/**
 * A container may be as large as the largest of the platform's; one that says nothing of itself is as small as the
 * smallest. https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export function containerLimits(demands: readonly Demand[]): k8s.types.input.core.v1.LimitRangeItem {
  const containers = demands.flatMap((demand) => [...demand.containers, ...(demand.initContainers ?? [])]);
  const over = (side: Side, choose: (...amounts: number[]) => number) =>
    Object.fromEntries(
      resources.map((resource) => [
        resource,
        quantityOf(resource, choose(...containers.map((container) => amountOf(container, side, resource)))),
      ]),
    );
  return {
    type: "Container",
    max: over("limits", Math.max),
    min: leastOfAll,
    default: over("limits", Math.min),
    defaultRequest: over("requests", Math.min),
  };
}

/** Nothing that runs takes none at all. A larger bound would refuse small pods that a person starts by hand. */
const leastOfAll = { cpu: "1m", memory: "1Mi", "ephemeral-storage": "1Mi" };

const sides = ["requests", "limits"] as const;
type Side = (typeof sides)[number];
const resources = ["cpu", "memory", "ephemeral-storage"] as const;
type Resource = (typeof resources)[number];

/** The containers of a pod run together, after those that prepare it: the pod takes the larger of both. */
function amountOfPod(demand: Demand, side: Side, resource: Resource): number {
  const amounts = (containers: readonly NodeShare[] = []) =>
    containers.map((container) => amountOf(container, side, resource));
  const together = amounts(demand.containers).reduce((total, amount) => total + amount, 0);
  return Math.max(together, ...amounts(demand.initContainers));
}

/** In thousandths of a core, or bytes. */
function amountOf(container: NodeShare, side: Side, resource: Resource): number {
  const quantity = container[side][resource];
  if (resource !== "cpu") return inBytes(quantity);
  const millicores = millicoresOf(quantity);
  if (millicores === undefined) throw new Error(`"${quantity}" is no CPU quantity; write it like 250m or 2`);
  return millicores;
}

function inBytes(quantity: string): number {
  const bytes = bytesOf(quantity);
  if (bytes === undefined)
    throw new Error(`"${quantity}" is no quantity of bytes; write it like 512Mi or 2Gi`);
  return bytes;
}

function quantityOf(resource: Resource, amount: number): string {
  return resource === "cpu" ? cpuQuantity(amount) : memoryQuantity(amount);
}
