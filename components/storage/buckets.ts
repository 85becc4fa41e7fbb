import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { user } from "../contract/runtime.ts";
import { systemNames } from "../contract/systems.ts";
import { unpublished } from "../foundation/audit.ts";
import { type Demand, podsWhileReplaced } from "../foundation/capacity-demand.ts";
import { checksumOf } from "../foundation/checksum.ts";
import type { Platform } from "../foundation/index.ts";
import { workloadLabels } from "../foundation/labels.ts";
import { type MountedCredential, mountsOf } from "../foundation/mounted-credential.ts";
import { createOneShotJob } from "../foundation/one-shot-job.ts";
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

/** Seconds that all attempts may take together, the pull of the image included. */
const patience = 1800;
const attempts = 6;

/** Makes the bucket, by a Job; of a storage elsewhere, it finds out whether the bucket is there and the key pair opens it. */
export class Buckets extends pulumi.ComponentResource {
  /** Name of the bucket, once it is there and the key pair opens it. */
  readonly bucket: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: BucketsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:storage:Buckets", name, {}, options);
    const job = this.createJob(name, args);
    this.bucket = job.metadata.name.apply(() => args.bucket);
    this.demand = {
      workload: systemNames.buckets,
      pods: podsWhileReplaced(1),
      containers: [withEphemeralStorage(args.resources)],
    };
    this.registerOutputs({ bucket: this.bucket });
  }

  private createJob(name: string, args: BucketsArgs) {
    const { platform, endpoint, credential } = args;
    const content = JSON.stringify(podTemplate(args, plainValues));
    const checksum = pulumi
      .all([endpoint, credential.revision])
      .apply(([url, revision]) => checksumOf({ content, url, revision }));
    const others = { secret: credential.secret, settings: platform.settings.configMap, endpoint };
    return createOneShotJob(
      name,
      {
        platform,
        workload: systemNames.buckets,
        component: "object-storage",
        checksum,
        template: (account) => podTemplate(args, { ...others, account }),
        attempts,
        patience,
        exceptions: unpublished([args.image]),
      },
      this,
    );
  }
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
