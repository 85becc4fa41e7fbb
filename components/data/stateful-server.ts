import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { podSecurity } from "../foundation/hardening.ts";
import type { Platform } from "../foundation/index.ts";
import { type Component, selectorLabels, workloadLabels } from "../foundation/labels.ts";
import type { VolumeSize } from "../foundation/resources.ts";
import { hostOnceReady, skipServiceAwait } from "../foundation/service.ts";

/** The pod of a server: what differs from server to server. */
export interface ServerPod {
  /** User and group that the image runs as. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** What rolls the pod when it changes. */
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  /** Seconds between the request to end and the end by force. */
  readonly terminationGracePeriodSeconds: number;
  /** Where the data volume is mounted. */
  readonly dataDirectory: string;
  readonly container: Omit<k8s.types.input.core.v1.Container, "volumeMounts">;
  /** Where the volumes besides the data volume are mounted. */
  readonly volumeMounts: readonly k8s.types.input.core.v1.VolumeMount[];
  /** Volumes besides the data volume. */
  readonly volumes: readonly k8s.types.input.core.v1.Volume[];
}

export interface StatefulServerArgs {
  readonly platform: Platform;
  /** Name of the StatefulSet and of the Service that clients use: a DNS label. */
  readonly server: string;
  readonly component: Component;
  /** TCP port of the server. */
  readonly port: number;
  /** The data volume; it outlives pods and the StatefulSet. */
  readonly storage: VolumeSize;
  readonly pod: ServerPod;
}

/** A single server with a volume of its own, behind a headless Service for its pod and a Service for its clients. */
export class StatefulServer extends pulumi.ComponentResource {
  /** DNS name of the clients' Service, once the server is ready. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: StatefulServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:StatefulServer", name, {}, options);
    const account = this.createServiceAccount(`${name}-account`, args);
    const pods = this.createHeadlessService(`${name}-pods`, args);
    const statefulSet = this.createStatefulSet(`${name}-statefulset`, args, {
      account: account.metadata.name,
      governingService: pods.metadata.name,
    });
    const service = this.createClientService(`${name}-service`, args);
    this.host = hostOnceReady(args.platform, service, statefulSet);
    this.registerOutputs({ host: this.host });
  }

  private createServiceAccount(name: string, args: StatefulServerArgs) {
    return new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadataOf(args), automountServiceAccountToken: false },
      { parent: this },
    );
  }

  /** Gives the pod a name of its own; also while it is not ready, so that it can be looked at then. */
  private createHeadlessService(name: string, args: StatefulServerArgs) {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadataOf(args), name: `${args.server}-pods`, annotations: skipServiceAwait },
        spec: { clusterIP: "None", publishNotReadyAddresses: true, ...selection(args) },
      },
      { parent: this },
    );
  }

  private createClientService(name: string, args: StatefulServerArgs) {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadataOf(args), annotations: skipServiceAwait },
        spec: { type: "ClusterIP", ...selection(args) },
      },
      { parent: this },
    );
  }

  private createStatefulSet(
    name: string,
    args: StatefulServerArgs,
    {
      account,
      governingService,
    }: { account: pulumi.Output<string>; governingService: pulumi.Output<string> },
  ) {
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata: metadataOf(args),
        spec: {
          replicas: 1,
          serviceName: governingService,
          revisionHistoryLimit: 3,
          selector: { matchLabels: selectorLabels(args.server) },
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          template: podTemplate(args, account),
          volumeClaimTemplates: [claimTemplate(args)],
        },
      },
      { parent: this },
    );
  }
}

function metadataOf({ platform, server, component }: StatefulServerArgs) {
  return { name: server, namespace: platform.namespace, labels: workloadLabels(server, component) };
}

function selection({ server, port, pod }: StatefulServerArgs) {
  const name = pod.container.name;
  return {
    selector: selectorLabels(server),
    ports: [{ name, port, targetPort: name, protocol: "TCP" }],
  };
}

function podTemplate(
  { platform, server, component, pod }: StatefulServerArgs,
  account: pulumi.Output<string>,
): k8s.types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: workloadLabels(server, component), annotations: pod.annotations },
    spec: {
      serviceAccountName: account,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: platform.pullSecrets.map((name) => ({ name })),
      terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
      securityContext: podSecurity(pod.user),
      containers: [
        {
          ...pod.container,
          volumeMounts: [{ name: "data", mountPath: pod.dataDirectory }, ...pod.volumeMounts],
        },
      ],
      volumes: [...pod.volumes],
    },
  };
}

function claimTemplate({ server, component, storage }: StatefulServerArgs) {
  return {
    metadata: { name: "data", labels: workloadLabels(server, component) },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storage.storageClass && { storageClassName: storage.storageClass }),
      resources: { requests: { storage: storage.size } },
    },
  };
}
