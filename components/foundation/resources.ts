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
