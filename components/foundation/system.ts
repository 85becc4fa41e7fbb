import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ApiAccess, grantAccess } from "./access.ts";
import { type AuditException, auditExceptions, podsOfOperators, publishedExceptions } from "./audit.ts";
import { createAutoscaler, type Scaling } from "./autoscaler.ts";
import { createBudget } from "./budget.ts";
import { type Demand, podsWhileReplaced } from "./capacity-demand.ts";
import type { Platform } from "./index.ts";
import { type Component, selectorLabels } from "./labels.ts";
import { metadataOf } from "./metadata.ts";
import { type ContainerResources, claimTemplate, type VolumeSize } from "./resources.ts";
import { hostOnceReady, skipServiceAwait } from "./service.ts";
import { configMapData, type SystemPod, sharesOf, systemPodTemplate } from "./system-pod.ts";

export interface SystemArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Name of the workload and of its Service: a DNS label. */
  readonly workload: string;
  /** The part that it plays. */
  readonly component: Component;
  /** Number of pods; with a volume, one; where it scales, the least. */
  readonly replicas: number;
  /** How far a Deployment grows beyond that. @default not at all */
  readonly scaling?: Scaling | undefined;
  /** The ports of its first container, by name, which its Service has too; see `systemPorts`. */
  readonly ports: Readonly<Record<string, number>>;
  readonly pod: SystemPod;
  /** A volume of its own, which outlives pods and StatefulSet, mounted at a directory. @default none */
  readonly data?: VolumeSize & { readonly directory: string };
  /** What it may ask of the API server. @default nothing: its account has no token */
  readonly access?: ApiAccess;
  /** Checks that its workload does not pass, besides those that no published image does. @default none */
  readonly exceptions?: readonly AuditException[];
  /** Who makes its pods in place of a Deployment or StatefulSet. @default nobody */
  readonly operated?: Operated;
}

/** What an operator makes pods of. */
export interface Operated {
  /** The custom resource, which dependants wait for; it gets the template of its pods. */
  readonly resource: (
    name: string,
    template: k8s.types.input.core.v1.PodTemplateSpec,
    parent: pulumi.Resource,
  ) => k8s.apiextensions.CustomResource;
  /** Size of the volume that it makes for each pod. @default none: pods have successors before they go */
  readonly volume?: string;
  /** What the containers take that it adds to each pod. @default it adds none */
  readonly added?: {
    readonly containers: readonly { readonly resources: ContainerResources }[];
    readonly initContainers: readonly { readonly resources: ContainerResources }[];
  };
  /**
   * Its Service has no address of its own, as where a StatefulSet makes the pods: an address cannot be given or taken once a
   * Service is there. @default false
   */
  readonly isHeadless?: boolean;
  /** Who keeps the disruption budget of its pods. */
  readonly budget: "platform" | "operator";
}

/**
 * A system that the platform brings along: a published image with its configuration, in the pods that harden every workload.
 *
 * With a volume it is a StatefulSet of one pod behind a headless Service, otherwise a Deployment behind a Service. Where an operator
 * makes the pods, account, configuration, Service and budget are the same resources: nothing of them is there twice when that changes.
 */
export class System extends pulumi.ComponentResource {
  /** DNS name of its Service, once its pods are ready. */
  readonly host: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: SystemArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:foundation:System", name, {}, options);
    const account = this.createServiceAccount(`${name}-account`, args);
    const template = systemPodTemplate({
      ...args,
      ...args.pod,
      containers: withPorts(args),
      account: this.accountWithAccess(name, args, account),
      apiAccess: args.access !== undefined,
      configMap: this.createConfiguration(`${name}-configuration`, args)?.metadata.name,
      dataDirectory: args.data?.directory,
    });
    const service = this.createService(`${name}-service`, args);
    const pods = args.operated
      ? args.operated.resource(`${name}-resource`, template, this)
      : args.data
        ? this.createStatefulSet(`${name}-statefulset`, args, { template, data: args.data, service })
        : this.createDeployment(`${name}-deployment`, args, template);
    if (args.scaling) {
      const target = { deployment: pods.metadata.name, minimum: args.replicas, scaling: args.scaling };
      createAutoscaler(`${name}-autoscaler`, { ...args, ...target }, this);
    }
    if ((args.replicas > 1 || args.scaling) && args.operated?.budget !== "operator")
      createBudget(`${name}-budget`, args, this);
    this.host = hostOnceReady(args.platform, service, pods);
    this.demand = demandOf(args);
    this.registerOutputs({ host: this.host });
  }

  private createServiceAccount(name: string, args: SystemArgs) {
    return new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(args), automountServiceAccountToken: false },
      { parent: this },
    );
  }

  /** The account's name, known once it may do what its pods need. */
  private accountWithAccess(name: string, args: SystemArgs, account: k8s.core.v1.ServiceAccount) {
    const bindings = args.access ? grantAccess(name, { ...args, access: args.access }, this) : [];
    return pulumi.all([account.metadata.name, ...bindings]).apply(([known]) => known ?? "");
  }

  private createConfiguration(name: string, args: SystemArgs) {
    if (!args.pod.files) return undefined;
    return new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: {
          ...metadata(args, `${args.workload}-configuration`),
          ...(args.pod.files.exceptions && { annotations: auditExceptions(args.pod.files.exceptions) }),
        },
        data: configMapData(args.pod.files.content),
      },
      { parent: this },
    );
  }

  private createService(name: string, args: SystemArgs) {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: {
          ...metadata(args),
          annotations: {
            ...skipServiceAwait,
            ...(args.operated && auditExceptions(podsOfOperators("service-targets-pod"))),
          },
        },
        spec: {
          ...(args.data || args.operated?.isHeadless ? { clusterIP: "None" } : { type: "ClusterIP" }),
          selector: selectorLabels(args.workload),
          ports: Object.entries(args.ports).map(([port, number]) => ({
            name: port,
            port: number,
            targetPort: port,
            protocol: "TCP",
          })),
        },
      },
      { parent: this },
    );
  }

  private createDeployment(
    name: string,
    args: SystemArgs,
    template: k8s.types.input.core.v1.PodTemplateSpec,
  ) {
    return new k8s.apps.v1.Deployment(
      name,
      {
        metadata: { ...metadata(args), annotations: exceptionsOf(args) },
        spec: {
          // The autoscaler's to say, where there is one.
          ...(!args.scaling && { replicas: args.replicas }),
          revisionHistoryLimit: 3,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: selectorLabels(args.workload) },
          template,
        },
      },
      { parent: this },
    );
  }

  private createStatefulSet(name: string, args: SystemArgs, { template, data, service }: StatefulParts) {
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata: { ...metadata(args), annotations: exceptionsOf(args) },
        spec: {
          replicas: args.replicas,
          serviceName: service.metadata.name,
          revisionHistoryLimit: 3,
          // In order, a pod that cannot become ready would keep its own mended successor from being made.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: selectorLabels(args.workload) },
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          template,
          volumeClaimTemplates: [claimTemplate(data)],
        },
      },
      // A claim is what it was made as. Replacing the StatefulSet would stop the server and not change the claim.
      { parent: this, ignoreChanges: ["spec.volumeClaimTemplates"] },
    );
  }
}

interface StatefulParts {
  readonly template: k8s.types.input.core.v1.PodTemplateSpec;
  readonly data: VolumeSize;
  readonly service: k8s.core.v1.Service;
}

function metadata({ platform, workload, component }: SystemArgs, name = workload) {
  return metadataOf({ name, namespace: platform.namespace, workload, component });
}

/** A pod with a volume goes before its successor comes. */
function demandOf({ workload, replicas, scaling, pod, data, operated }: SystemArgs): Demand {
  const volume = data?.size ?? operated?.volume;
  const pods = volume === undefined ? podsWhileReplaced(scaling?.maximum ?? replicas) : replicas;
  return {
    workload,
    pods,
    ...sharesOf({
      ...pod,
      containers: [...pod.containers, ...(operated?.added?.containers ?? [])],
      initContainers: [...(pod.initContainers ?? []), ...(operated?.added?.initContainers ?? [])],
    }),
    volumes: volume === undefined ? [] : Array(replicas).fill(volume),
  };
}

function exceptionsOf({ pod, replicas, data, access, exceptions = [] }: SystemArgs) {
  const images = [...pod.containers, ...(pod.initContainers ?? [])].map(({ image }) => image);
  const published = publishedExceptions({
    images,
    user: pod.user,
    ...(data ? {} : { replicas }),
    apiAccess: access !== undefined,
  });
  return auditExceptions([...published, ...exceptions]);
}

/** The ports of the system are its first container's, before those that only its probes ask. */
function withPorts({ ports, pod }: SystemArgs): SystemPod["containers"] {
  const [main, ...others] = pod.containers;
  if (!main) return [];
  const own = Object.entries(ports).map(([name, containerPort]) => ({
    name,
    containerPort,
    protocol: "TCP",
  }));
  return [{ ...main, ports: [...own, ...(main.ports ?? [])] }, ...others];
}
