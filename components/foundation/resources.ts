import type * as k8s from "@pulumi/kubernetes";
import { bytesOf, memoryQuantity } from "./quantity.ts";

/** CPU and memory of a container, as Kubernetes quantities: what is reserved, and what it may use at most. */
export interface ContainerResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** A volume. */
export interface VolumeSize {
  /** Size, as a Kubernetes quantity. */
  readonly size: string;
  /** Name of the StorageClass. @default the cluster's default class */
  readonly storageClass?: string | undefined;
}

/** Bytes of the JavaScript heap in a process of so much memory: as much again is for buffers, code and stacks. */
export function heapOf(memory: string): number {
  return (bytesOf(memory) ?? 0) / 2;
}

/** Room for a container's log, which the kubelet counts as ephemeral storage of the pod. */
const logBytes = 256 * 2 ** 20;

/** All that a container takes of its node, as Kubernetes quantities. */
export interface NodeShare {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

type Amounts = Readonly<Record<"cpu" | "memory" | "ephemeral-storage", string>>;

/** Resources with as much ephemeral storage as scratch space and log take: the scheduler then knows of it. */
export function withEphemeralStorage(
  { requests, limits }: ContainerResources,
  ...scratch: readonly string[]
): NodeShare {
  const bytes = scratch.reduce((total, size) => total + (bytesOf(size) ?? 0), logBytes);
  const storage = { "ephemeral-storage": memoryQuantity(bytes) };
  return { requests: { ...requests, ...storage }, limits: { ...limits, ...storage } };
}

/** The claim that a StatefulSet makes for the volume `data` of each pod. */
export function claimTemplate({
  size,
  storageClass,
}: VolumeSize): k8s.types.input.core.v1.PersistentVolumeClaim {
  return {
    metadata: { name: "data" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClass && { storageClassName: storageClass }),
      resources: { requests: { storage: size } },
    },
  };
}
