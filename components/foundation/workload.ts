import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  drainSeconds,
  nodeOptionsVariable,
  paths,
  ports,
  type SettingKey,
  scratchDirectory,
  serviceNameVariable,
  user,
} from "../contract/runtime.ts";
import { createAccount } from "./account.ts";
import { auditExceptions, unpublished } from "./audit.ts";
import { createAutoscaler, type Scaling } from "./autoscaler.ts";
import { createBudget } from "./budget.ts";
import { type Demand, podsWhileReplaced } from "./capacity-demand.ts";
import { checksumOf, settingsChecksumAnnotation } from "./checksum.ts";
import type { Platform } from "./index.ts";
import { type Component, selectorLabels, workloadLabels } from "./labels.ts";
import { metadataOf } from "./metadata.ts";
import { type MountedCredential, mountsOf, type ObservedSecret } from "./mounted-credential.ts";
import { hardenedPod } from "./pod.ts";
import { type ContainerResources, withEphemeralStorage } from "./resources.ts";
import { hostOnceReady, skipServiceAwait } from "./service.ts";
import { spreadOver } from "./spread.ts";

export interface WorkloadArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Name of the workload and of its Service: a DNS label. */
  readonly workload: string;
  /** The part that it plays. */
  readonly component: Component;
  /** Complete image reference. */
  readonly image: string;
  /** Number of pods; where it scales, the least. */
  readonly replicas: number;
  /** How far it grows beyond that. @default not at all */
  readonly scaling?: Scaling | undefined;
  /** CPU and memory of each pod. */
  readonly resources: ContainerResources;
  /** Size of the scratch space, as a Kubernetes quantity. */
  readonly scratch: string;
  /** Port of the Service. */
  readonly servicePort: number;
  /** Settings that it reads. */
  readonly settings: readonly SettingKey[];
  /** Credentials that it reads, besides the token of its metrics. */
  readonly credentials: readonly MountedCredential[];
  /** Secrets that it reads while it runs, whenever they are there. @default none */
  readonly observed?: readonly ObservedSecret[];
  /** Further environment variables. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes that its JavaScript heap may grow to: V8 would take all of the memory limit before it collects. */
  readonly heapBytes: number;
  /** It starts processes, which may outlive their parents: see `HardenedPodArgs`. @default false */
  readonly shareProcessNamespace?: boolean;
  /** Seconds that it may take to finish what it has begun, once nothing new reaches it. */
  readonly terminationGracePeriodSeconds: number;
}

/** A workload of our own: stateless pods that keep the runtime contract, behind one address. */
export class Workload extends pulumi.ComponentResource {
  /** URL of the Service inside the cluster, once the pods behind it are available. */
  readonly url: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: WorkloadArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:foundation:Workload", name, {}, options);
    const { namespace } = args.platform;
    const account = createAccount(`${name}-account`, { ...args, namespace }, this);
    const deployment = this.createDeployment(`${name}-deployment`, args, account.metadata.name);
    const service = this.createService(`${name}-service`, args);
    const { replicas, scaling } = args;
    if (scaling) {
      const target = { deployment: deployment.metadata.name, minimum: replicas, scaling };
      createAutoscaler(`${name}-autoscaler`, { ...args, ...target }, this);
    }
    if (replicas > 1 || scaling) createBudget(`${name}-budget`, args, this);
    const port = args.servicePort === 80 ? "" : `:${args.servicePort}`;
    this.url = pulumi.interpolate`http://${hostOnceReady(args.platform, service, deployment)}${port}`;
    this.demand = {
      workload: args.workload,
      pods: podsWhileReplaced(scaling?.maximum ?? replicas),
      containers: [withEphemeralStorage(args.resources, args.scratch)],
    };
    this.registerOutputs({ url: this.url });
  }

  private createDeployment(name: string, args: WorkloadArgs, account: pulumi.Output<string>) {
    return new k8s.apps.v1.Deployment(
      name,
      {
        metadata: {
          ...metadata(args),
          annotations: {
            ...auditExceptions(unpublished([args.image])),
            ...(!args.scaling && takesReplicas),
          },
        },
        spec: {
          // The autoscaler's to say, where there is one.
          ...(!args.scaling && { replicas: args.replicas }),
          revisionHistoryLimit: 3,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: selectorLabels(args.workload) },
          template: podTemplate(args, account),
        },
      },
      { parent: this },
    );
  }

  private createService(name: string, args: WorkloadArgs) {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata(args), annotations: skipServiceAwait },
        spec: {
          type: "ClusterIP",
          selector: selectorLabels(args.workload),
          ports: [{ name: "http", port: args.servicePort, targetPort: "http", protocol: "TCP" }],
        },
      },
      { parent: this },
    );
  }
}

/**
 * Takes fields from whoever else has set them: the number of pods is the autoscaler's that was there before, or that of
 * somebody who has scaled by hand, and would otherwise be a conflict.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
const takesReplicas = { "pulumi.com/patchForce": "true" };

function metadata({ platform, workload, component }: WorkloadArgs) {
  return metadataOf({ name: workload, namespace: platform.namespace, workload, component });
}

function podTemplate(
  args: WorkloadArgs,
  account: pulumi.Output<string>,
): k8s.types.input.core.v1.PodTemplateSpec {
  const { platform } = args;
  const mounts = mountsOf([...args.credentials, platform.metricsCredential], args.observed);
  const read = Object.fromEntries(args.settings.map((key) => [key, platform.settings.values[key]]));
  return {
    metadata: {
      labels: workloadLabels(args.workload, args.component),
      annotations: { [settingsChecksumAnnotation]: checksumOf(read), ...mounts.annotations },
    },
    spec: hardenedPod({
      account,
      user,
      pullSecrets: platform.pullSecrets,
      terminationGracePeriodSeconds: args.terminationGracePeriodSeconds + drainSeconds,
      ...(args.shareProcessNamespace && { shareProcessNamespace: true }),
      spread: spreadOver(args.workload),
      containers: [
        {
          name: args.workload,
          image: args.image,
          ports: [
            { name: "http", containerPort: ports.http, protocol: "TCP" },
            { name: "metrics", containerPort: ports.metrics, protocol: "TCP" },
          ],
          env: [...plainEnvironment(args), ...settingsEnvironment(args), ...mounts.env],
          resources: withEphemeralStorage(args.resources, args.scratch),
          volumeMounts: [{ name: "scratch", mountPath: scratchDirectory }, ...mounts.volumeMounts],
          lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
          ...probes,
        },
      ],
      volumes: [{ name: "scratch", emptyDir: { sizeLimit: args.scratch } }, ...mounts.volumes],
    }),
  };
}

function plainEnvironment({ workload, env, heapBytes }: WorkloadArgs) {
  const heap = `--max-old-space-size=${Math.floor(heapBytes / 2 ** 20)}`;
  return Object.entries({ [serviceNameVariable]: workload, [nodeOptionsVariable]: heap, ...env }).map(
    ([name, value]) => ({
      name,
      value,
    }),
  );
}

function settingsEnvironment({ platform, settings }: WorkloadArgs) {
  return settings.map((key) => ({
    name: key,
    valueFrom: { configMapKeyRef: { name: platform.settings.configMap, key } },
  }));
}

/** Started: within two minutes. Ready: what it needs answers. Alive: the process works at all. */
const probes = {
  startupProbe: { httpGet: { path: paths.health, port: "http" }, periodSeconds: 2, failureThreshold: 60 },
  readinessProbe: { httpGet: { path: paths.ready, port: "http" }, periodSeconds: 5, timeoutSeconds: 3 },
  livenessProbe: {
    httpGet: { path: paths.health, port: "http" },
    periodSeconds: 10,
    timeoutSeconds: 3,
    failureThreshold: 3,
  },
} satisfies Partial<k8s.types.input.core.v1.Container>;
