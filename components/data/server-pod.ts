import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  checksumOf,
  credentialRevisionAnnotation,
  settingsChecksumAnnotation,
} from "../foundation/checksum.ts";
import type { Platform } from "../foundation/index.ts";
import { type Component, workloadLabels } from "../foundation/labels.ts";
import { hardenedPod } from "../foundation/pod.ts";
import type { ContainerResources } from "../foundation/resources.ts";
import { type Scratch, shareOf, sharesOf } from "../foundation/system-pod.ts";

type Container = k8s.types.input.core.v1.Container;
type VolumeMount = k8s.types.input.core.v1.VolumeMount;

/** Where the files of a server's pod are. */
export const serverPaths = {
  /** What the server has to accept; changes in place when a rotation begins. */
  accepted: "/run/secrets/accepted",
  /** What readers use, once there is such a Secret. */
  published: "/run/secrets/published",
  /** In memory, empty at the start of the pod: what it was made for, whatever the Secrets say later. */
  run: "/run/server",
} as const;

/** A container of a server's pod; where its volumes are mounted is the pod's business. */
type ServerContainer = Omit<Container, "volumeMounts" | "env" | "resources"> & {
  readonly name: string;
  readonly image: string;
  /** CPU and memory; ephemeral storage is added from the pod's scratch volumes. */
  readonly resources: ContainerResources;
  readonly env?: readonly k8s.types.input.core.v1.EnvVar[];
};

/** The pod of a server: what differs from server to server. */
export interface ServerPod {
  /** User and group that the image runs as. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Seconds between the request to end and the end by force. */
  readonly terminationGracePeriodSeconds: number;
  /** Where the data volume is mounted. */
  readonly dataDirectory: string;
  /** Where the configuration is mounted. */
  readonly configurationDirectory: string;
  /** Runs before the server, with the same volumes. @default none */
  readonly preparation?: ServerContainer;
  /** The server itself. */
  readonly container: ServerContainer;
  /** Writable directories besides those that every server has; gone with the pod. */
  readonly scratch: readonly Scratch[];
}

interface ServerPodTemplateArgs {
  readonly platform: Platform;
  readonly server: string;
  readonly component: Component;
  readonly files: Readonly<Record<string, string>>;
  readonly revision: pulumi.Output<string>;
  readonly account: pulumi.Output<string>;
  readonly configMap: pulumi.Output<string>;
  readonly acceptedSecret: pulumi.Output<string>;
  readonly publishedSecret: string;
  readonly pod: ServerPod;
}

/** A server's pod, which rolls when its configuration or what it has to accept changes. */
export function serverPodTemplate(args: ServerPodTemplateArgs): k8s.types.input.core.v1.PodTemplateSpec {
  const { pod, server, component } = args;
  const volumeMounts = mounts(pod);
  return {
    metadata: {
      labels: workloadLabels(server, component),
      annotations: {
        [settingsChecksumAnnotation]: checksumOf(args.files),
        [acceptedRevision]: args.revision,
      },
    },
    spec: hardenedPod({
      account: args.account,
      user: pod.user,
      pullSecrets: args.platform.pullSecrets,
      terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
      ...(pod.preparation && { initContainers: [{ ...completed(pod, pod.preparation), volumeMounts }] }),
      containers: [{ ...completed(pod, pod.container), volumeMounts }],
      volumes: [
        { name: "configuration", configMap: { name: args.configMap, defaultMode: 0o444 } },
        { name: "accepted", secret: { secretName: args.acceptedSecret, defaultMode: 0o440 } },
        {
          name: "published",
          secret: { secretName: args.publishedSecret, defaultMode: 0o440, optional: true },
        },
        { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
        ...pod.scratch.map(({ name, size, medium }) => ({
          name,
          emptyDir: { sizeLimit: size, ...(medium && { medium }) },
        })),
      ],
    }),
  };
}

const acceptedRevision = credentialRevisionAnnotation("accepted");

/** What the containers of such a pod take of its node. */
export function sharesOfServer({ container, preparation, scratch }: ServerPod) {
  return sharesOf({ containers: [container], initContainers: preparation ? [preparation] : [], scratch });
}

/** The kubelet may still show a pod the Secret of the time before: by its revision the pod can tell. */
function completed(pod: ServerPod, container: ServerContainer): Container {
  const revision = {
    name: "ACCEPTED_REVISION",
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${acceptedRevision}']` } },
  };
  return {
    ...container,
    env: [revision, ...(container.env ?? [])],
    resources: shareOf(container, pod.scratch),
  };
}

function mounts(pod: ServerPod): VolumeMount[] {
  return [
    { name: "data", mountPath: pod.dataDirectory },
    { name: "configuration", mountPath: pod.configurationDirectory, readOnly: true },
    { name: "accepted", mountPath: serverPaths.accepted, readOnly: true },
    { name: "published", mountPath: serverPaths.published, readOnly: true },
    { name: "run", mountPath: serverPaths.run },
    ...pod.scratch.map(({ name, directory }) => ({ name, mountPath: directory })),
  ];
}
