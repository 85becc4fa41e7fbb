import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ObjectStorageVariable, type StorageMode, storageModes } from "../contract/object-storage.ts";
import { nodeOptionsVariable, serviceNameVariable } from "../contract/runtime.ts";
import type { mountsOf } from "../foundation/mounted-credential.ts";
import { type ContainerResources, heapOf, withEphemeralStorage } from "../foundation/resources.ts";

type Container = k8s.types.input.core.v1.Container;

export interface ProgramContainerArgs<Mode extends StorageMode> {
  /** Name of the container. */
  readonly name: string;
  /** Name of the workload, which logs carry. */
  readonly workload: string;
  /** Complete reference of the platform's own image. */
  readonly image: string;
  /** What the program does. */
  readonly mode: Mode;
  /** The variables that it reads for that. */
  readonly variables: Readonly<Record<(typeof storageModes)[Mode][number], pulumi.Input<string>>>;
  /** Name of the ConfigMap with the platform's settings. */
  readonly settings: pulumi.Input<string>;
  /** The key pair of the storage. */
  readonly mounts: Pick<ReturnType<typeof mountsOf>, "env" | "volumeMounts">;
  readonly resources: ContainerResources;
  /** A directory of the pod for its files, of so much space. @default none */
  readonly scratch?: {
    readonly mount: { readonly name: string; readonly mountPath: string };
    readonly size: string;
  };
}

/** A container that runs the program of the object storage. It has no traces to send: it may reach the storage alone. */
export function programContainer<Mode extends StorageMode>(args: ProgramContainerArgs<Mode>): Container {
  const { resources, scratch } = args;
  const variables: Readonly<Partial<Record<ObjectStorageVariable, pulumi.Input<string>>>> = args.variables;
  const heap = Math.floor(heapOf(resources.limits.memory) / 2 ** 20);
  return {
    name: args.name,
    image: args.image,
    args: [args.mode],
    env: [
      { name: serviceNameVariable, value: args.workload },
      { name: nodeOptionsVariable, value: `--max-old-space-size=${heap}` },
      { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "" },
      ...["LOG_LEVEL", "LOG_FORMAT"].map((key) => ({
        name: key,
        valueFrom: { configMapKeyRef: { name: args.settings, key } },
      })),
      ...storageModes[args.mode].map((name) => ({ name, value: variables[name] })),
      ...args.mounts.env,
    ],
    resources: withEphemeralStorage(resources, ...(scratch ? [scratch.size] : [])),
    volumeMounts: [...(scratch ? [scratch.mount] : []), ...args.mounts.volumeMounts],
  };
}
