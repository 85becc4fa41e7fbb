import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { user } from "../contract/runtime.ts";
import { systemNames } from "../contract/systems.ts";
import { auditExceptions, unpublished } from "../foundation/audit.ts";
import { type Demand, podsWhileReplaced } from "../foundation/capacity-demand.ts";
import { checksumOf } from "../foundation/checksum.ts";
import type { Platform } from "../foundation/index.ts";
import { workloadLabels } from "../foundation/labels.ts";
import { metadataOf } from "../foundation/metadata.ts";
import { type MountedCredential, mountsOf } from "../foundation/mounted-credential.ts";
import { hardenedPod } from "../foundation/pod.ts";
import { type ContainerResources, withEphemeralStorage } from "../foundation/resources.ts";
import { programContainer } from "./program.ts";

export interface BucketsArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete reference of the platform's own image. */
  readonly image: string;
  /** CPU and memory of its pod. */
  readonly resources: ContainerResources;
  /** URL of the S3 API, once it answers. */
  readonly endpoint: pulumi.Output<string>;
  readonly region: string;
  readonly bucket: string;
  /** The key pair that the storage accepts. */
  readonly credential: MountedCredential;
}

/** Seconds that all attempts may take together. */
const patience = 600;
const attempts = 6;

/**
 * Makes the bucket, by a Job; of a storage elsewhere, it finds out whether the bucket is there and the key pair opens it.
 *
 * A Job cannot change. Each content, and each key pair, has one of its own: see `Migrations`.
 */
export class Buckets extends pulumi.ComponentResource {
  /** Name of the bucket, once it is there and the key pair opens it. */
  readonly bucket: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: BucketsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:storage:Buckets", name, {}, options);
    const account = this.createServiceAccount(`${name}-account`, args);
    const job = this.createJob(`${name}-job`, args, account.metadata.name);
    this.bucket = job.metadata.name.apply(() => args.bucket);
    this.demand = {
      workload: systemNames.buckets,
      pods: podsWhileReplaced(1),
      containers: [withEphemeralStorage(args.resources)],
    };
    this.registerOutputs({ bucket: this.bucket });
  }

  private createServiceAccount(name: string, args: BucketsArgs) {
    return new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(args, systemNames.buckets), automountServiceAccountToken: false },
      { parent: this },
    );
  }

  private createJob(name: string, args: BucketsArgs, account: pulumi.Output<string>) {
    const { endpoint, credential } = args;
    const content = JSON.stringify(podTemplate(args, plainValues));
    const checksum = pulumi
      .all([endpoint, credential.revision])
      .apply(([url, revision]) => checksumOf({ content, url, revision }).slice(0, 8));
    return new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          ...metadata(args, systemNames.buckets),
          name: pulumi.interpolate`${systemNames.buckets}-${checksum}`,
          annotations: auditExceptions(unpublished([args.image])),
        },
        spec: {
          backoffLimit: attempts - 1,
          activeDeadlineSeconds: patience,
          template: podTemplate(args, {
            account,
            secret: credential.secret,
            settings: args.platform.settings.configMap,
            endpoint,
          }),
        },
      },
      { parent: this, customTimeouts: { create: `${patience}s`, update: `${patience}s` } },
    );
  }
}

function metadata({ platform }: BucketsArgs, name: string) {
  const { buckets } = systemNames;
  return metadataOf({ name, namespace: platform.namespace, workload: buckets, component: "object-storage" });
}

/** What the pod has of other objects. */
interface Values {
  readonly account: pulumi.Input<string>;
  readonly secret: pulumi.Input<string>;
  readonly settings: pulumi.Input<string>;
  readonly endpoint: pulumi.Input<string>;
}

/** The content is told without them: they may not be known yet. */
const plainValues: Values = { account: "", secret: "", settings: "", endpoint: "" };

function podTemplate(args: BucketsArgs, values: Values): k8s.types.input.core.v1.PodTemplateSpec {
  const { platform, region, bucket } = args;
  const mounts = mountsOf([{ ...args.credential, secret: values.secret }]);
  return {
    metadata: { labels: workloadLabels(systemNames.buckets, "object-storage") },
    spec: hardenedPod({
      account: values.account,
      user,
      pullSecrets: platform.pullSecrets,
      terminationGracePeriodSeconds: 30,
      restartPolicy: "Never",
      containers: [
        programContainer({
          name: systemNames.buckets,
          workload: systemNames.buckets,
          image: args.image,
          mode: "ensure-buckets",
          variables: {
            OBJECT_STORAGE_ENDPOINT: values.endpoint,
            OBJECT_STORAGE_REGION: region,
            OBJECT_STORAGE_BUCKET: bucket,
          },
          settings: values.settings,
          mounts,
          resources: args.resources,
        }),
      ],
      volumes: mounts.volumes,
    }),
  };
}
