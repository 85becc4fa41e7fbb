import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  migrationSettings,
  scratchDirectory,
  serviceNames,
  serviceNameVariable,
  user,
} from "../contract/runtime.ts";
import { unpublished } from "../foundation/audit.ts";
import { type Demand, podsWhileReplaced } from "../foundation/capacity-demand.ts";
import { checksumOf, settingsChecksumAnnotation } from "../foundation/checksum.ts";
import type { Platform } from "../foundation/index.ts";
import { workloadLabels } from "../foundation/labels.ts";
import { type MountedCredential, mountsOf } from "../foundation/mounted-credential.ts";
import { createOneShotJob } from "../foundation/one-shot-job.ts";
import { hardenedPod } from "../foundation/pod.ts";
import { type ContainerResources, withEphemeralStorage } from "../foundation/resources.ts";

export interface MigrationsArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference. */
  readonly image: string;
  /** CPU and memory of its pod. */
  readonly resources: ContainerResources;
  /** Login of the database, once the server accepts it. */
  readonly credential: MountedCredential;
}

/** Seconds that all attempts may take together: a migration rewrites tables of any size. */
const patience = 3600;
const attempts = 5;
const scratch = "64Mi";

/**
 * Brings the database to the schema of this version, by a Job. What it changes must suit the version before as well, whose
 * pods go on meanwhile.
 */
export class Migrations extends pulumi.ComponentResource {
  /** The login that readers mount; its Secret's name is known once the schema is theirs. */
  readonly credential: MountedCredential;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: MigrationsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Migrations", name, {}, options);
    const job = this.createJob(name, args);
    const secret = pulumi.all([args.credential.secret, job.metadata.name]).apply(([known]) => known);
    this.credential = { ...args.credential, secret };
    this.demand = {
      workload: serviceNames.migrations,
      pods: podsWhileReplaced(1),
      containers: [withEphemeralStorage(args.resources, scratch)],
    };
    this.registerOutputs();
  }

  private createJob(name: string, args: MigrationsArgs) {
    const { platform, credential } = args;
    const others = { settings: platform.settings.configMap, credential: credential.secret };
    return createOneShotJob(
      name,
      {
        platform,
        workload: serviceNames.migrations,
        component: "migrations",
        checksum: checksumOf({ content: JSON.stringify(podTemplate(args, plainNames)) }),
        template: (account) => podTemplate(args, { ...others, account }),
        attempts,
        patience,
        exceptions: unpublished([args.image]),
      },
      this,
    );
  }
}

/** Names of other objects in the pod. */
interface Names {
  readonly account: pulumi.Input<string>;
  readonly settings: pulumi.Input<string>;
  readonly credential: pulumi.Input<string>;
}

/** The content is told without them: they may not be known yet. */
const plainNames: Names = { account: "", settings: "", credential: "" };

function podTemplate(args: MigrationsArgs, names: Names): k8s.types.input.core.v1.PodTemplateSpec {
  const { platform } = args;
  const mounts = mountsOf([{ ...args.credential, secret: names.credential }]);
  const read = Object.fromEntries(migrationSettings.map((key) => [key, platform.settings.values[key]]));
  return {
    metadata: {
      labels: workloadLabels(serviceNames.migrations, "migrations"),
      annotations: { [settingsChecksumAnnotation]: checksumOf(read) },
    },
    spec: hardenedPod({
      account: names.account,
      user,
      pullSecrets: platform.pullSecrets,
      terminationGracePeriodSeconds: 30,
      restartPolicy: "Never",
      containers: [
        {
          name: serviceNames.migrations,
          image: args.image,
          env: [
            { name: serviceNameVariable, value: serviceNames.migrations },
            ...migrationSettings.map((key) => ({
              name: key,
              valueFrom: { configMapKeyRef: { name: names.settings, key } },
            })),
            ...mounts.env,
          ],
          resources: withEphemeralStorage(args.resources, scratch),
          volumeMounts: [{ name: "scratch", mountPath: scratchDirectory }, ...mounts.volumeMounts],
        },
      ],
      volumes: [{ name: "scratch", emptyDir: { sizeLimit: scratch } }, ...mounts.volumes],
    }),
  };
}
