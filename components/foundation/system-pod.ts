import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AuditException } from "./audit.ts";
import { checksumOf, credentialRevisionAnnotation, settingsChecksumAnnotation } from "./checksum.ts";
import type { Platform } from "./index.ts";
import { type Component, workloadLabels } from "./labels.ts";
import { hardenedPod } from "./pod.ts";
import { type ContainerResources, type NodeShare, withEphemeralStorage } from "./resources.ts";
import { spreadOver } from "./spread.ts";

type Container = k8s.types.input.core.v1.Container;
type EnvVar = k8s.types.input.core.v1.EnvVar;
type ContainerPort = k8s.types.input.core.v1.ContainerPort;

/** A container of a system's pod; where its volumes are mounted is the pod's business. */
export type SystemContainer = Omit<Container, "volumeMounts" | "resources" | "securityContext" | "ports"> & {
  readonly name: string;
  readonly image: string;
  /** CPU and memory; ephemeral storage is added from the pod's scratch directories. */
  readonly resources: ContainerResources;
  readonly env?: readonly EnvVar[];
  /** Ports beside those of the system. @default none */
  readonly ports?: ContainerPort[];
  /** Which of the pod's volumes it gets, by name: `data`, `configuration`, those of Secrets and scratch. @default all */
  readonly volumes?: readonly string[];
};

/** A Secret as files: each entry a file of that name. */
export interface SecretFiles {
  /** Name of the volume: a DNS label. */
  readonly name: string;
  /** Name of the Secret; what it is derived from decides when the pod may start. */
  readonly secret: pulumi.Input<string>;
  readonly directory: string;
  /** Entries that are mounted. @default all */
  readonly entries?: readonly string[];
  /** The Secret may come later, or lack entries: the pod waits for neither. @default false */
  readonly optional?: boolean;
  /** Changes exactly when the content does, so that the pod rolls. @default content that is read as it changes */
  readonly revision?: pulumi.Input<string>;
}

/** A writable directory, gone with the pod. */
export interface Scratch {
  /** Name of the volume: a DNS label. */
  readonly name: string;
  readonly directory: string;
  /** As a Kubernetes quantity. */
  readonly size: string;
  /** In memory, and counted as the container's. @default on disk */
  readonly medium?: "Memory";
}

/** The pod of a system: what differs from system to system. */
export interface SystemPod {
  /** User and group that the image runs as, from its publisher; see docs/images.md. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** The container of the system first; those beside it after it. */
  readonly containers: readonly SystemContainer[];
  /** Run before the containers, with the same volumes, one after the other. @default none */
  readonly initContainers?: readonly SystemContainer[];
  /** Plain files by name, mounted from a ConfigMap; a name may lead through folders. A change rolls the pod. @default none */
  readonly files?: {
    readonly directory: string;
    readonly content: Readonly<Record<string, string>>;
    /** Checks that the ConfigMap does not pass. @default none */
    readonly exceptions?: readonly AuditException[];
  };
  /** @default none */
  readonly secrets?: readonly SecretFiles[];
  /** @default none */
  readonly scratch?: readonly Scratch[];
  /** Seconds between the request to end and the end by force. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /** Who says over which nodes its pods go, where there are several. @default the platform: over zones and nodes */
  readonly placement?: "operator";
}

interface SystemPodTemplateArgs extends SystemPod {
  readonly platform: Pick<Platform, "pullSecrets">;
  readonly workload: string;
  readonly component: Component;
  readonly account: pulumi.Input<string>;
  /** Its account's token is mounted: it calls the API server. */
  readonly apiAccess: boolean;
  /** Name of the ConfigMap with `files`. */
  readonly configMap: pulumi.Input<string> | undefined;
  /** Where the volume `data` is mounted, if there is one. */
  readonly dataDirectory: string | undefined;
  readonly restartPolicy?: "Never";
}

/** A system's pod, which rolls when its files or its credentials change. */
export function systemPodTemplate(args: SystemPodTemplateArgs): k8s.types.input.core.v1.PodTemplateSpec {
  const { files, secrets = [], scratch = [] } = args;
  const volumeMounts = [
    ...(args.dataDirectory ? [{ name: "data", mountPath: args.dataDirectory }] : []),
    ...(files ? [{ name: "configuration", mountPath: files.directory, readOnly: true }] : []),
    ...secrets.map(({ name, directory }) => ({ name, mountPath: directory, readOnly: true })),
    ...scratch.map(({ name, directory }) => ({ name, mountPath: directory })),
  ];
  const complete = ({ volumes, ...container }: SystemContainer): Container => ({
    ...container,
    env: [...(container.env ?? [])],
    resources: shareOf(container, scratch),
    volumeMounts: volumeMounts.filter(({ name }) => !volumes || volumes.includes(name)),
  });
  const revisions = secrets.flatMap(({ name, revision }) =>
    revision === undefined ? [] : [[credentialRevisionAnnotation(name), revision] as const],
  );
  // Neither a Job nor the one pod of a volume has another to stay away from.
  const isReplicated = !args.restartPolicy && args.dataDirectory === undefined && !args.placement;
  return {
    metadata: {
      labels: workloadLabels(args.workload, args.component),
      annotations: {
        ...(files && { [settingsChecksumAnnotation]: checksumOf(files.content) }),
        ...Object.fromEntries(revisions),
      },
    },
    spec: hardenedPod({
      account: args.account,
      apiAccess: args.apiAccess,
      user: args.user,
      pullSecrets: args.platform.pullSecrets,
      terminationGracePeriodSeconds: args.terminationGracePeriodSeconds ?? 30,
      ...(args.restartPolicy && { restartPolicy: args.restartPolicy }),
      ...(isReplicated && { spread: spreadOver(args.workload) }),
      ...(args.initContainers && { initContainers: args.initContainers.map(complete) }),
      containers: args.containers.map(complete),
      volumes: [
        ...(args.configMap === undefined ? [] : [configurationVolume(args.configMap, files?.content ?? {})]),
        ...secrets.map(secretVolume),
        ...scratch.map(({ name, size, medium }) => ({
          name,
          emptyDir: { sizeLimit: size, ...(medium && { medium }) },
        })),
      ],
    }),
  };
}

interface Sized {
  readonly resources: ContainerResources;
}

/** What the containers of a pod take of its node. */
export function sharesOf(pod: {
  readonly containers: readonly Sized[];
  readonly initContainers?: readonly Sized[];
  readonly scratch?: readonly Scratch[];
}) {
  const { containers, initContainers = [], scratch = [] } = pod;
  return {
    containers: containers.map((container) => shareOf(container, scratch)),
    initContainers: initContainers.map((container) => shareOf(container, scratch)),
  };
}

/** CPU and memory of a container, with the storage that its pod's directories on disk may come to. */
export function shareOf({ resources }: Sized, scratch: readonly Scratch[]): NodeShare {
  const onDisk = scratch.filter(({ medium }) => !medium).map(({ size }) => size);
  return withEphemeralStorage(resources, ...onDisk);
}

/** Plain files as the data of a ConfigMap, whose keys cannot have slashes. */
export function configMapData(content: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(content).map(([name, text]) => [configMapKey(name), text]));
}

function configMapKey(name: string): string {
  return name.replaceAll("/", "__");
}

function configurationVolume(configMap: pulumi.Input<string>, content: Readonly<Record<string, string>>) {
  const names = Object.keys(content);
  const items = names.map((name) => ({ key: configMapKey(name), path: name }));
  const inFolders = names.some((name) => name.includes("/"));
  return {
    name: "configuration",
    configMap: { name: configMap, defaultMode: 0o444, ...(inFolders && { items }) },
  };
}

function secretVolume({ name, secret, entries, optional }: SecretFiles) {
  const items = entries?.map((entry) => ({ key: entry, path: entry }));
  const source = {
    secretName: secret,
    defaultMode: 0o440,
    ...(items && { items }),
    ...(optional && { optional }),
  };
  return { name, secret: source };
}
