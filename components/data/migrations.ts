import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  migrationSettings,
  scratchDirectory,
  serviceNames,
  serviceNameVariable,
  user,
} from "../contract/runtime.ts";
import { auditExceptions, unpublished } from "../foundation/audit.ts";
import { type Demand, podsWhileReplaced } from "../foundation/capacity-demand.ts";
import { checksumOf, settingsChecksumAnnotation } from "../foundation/checksum.ts";
import type { Platform } from "../foundation/index.ts";
import { workloadLabels } from "../foundation/labels.ts";
import { metadataOf } from "../foundation/metadata.ts";
import { type MountedCredential, mountsOf } from "../foundation/mounted-credential.ts";
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
 *
 * A Job cannot change. Each content of it has a name of its own, so that the engine makes the next one beside the last:
 * under one name it would delete the last one first, and before that all that waits for it, which is every workload.
 */
export class Migrations extends pulumi.ComponentResource {
  /** The login that readers mount; its Secret's name is known once the schema is theirs. */
  readonly credential: MountedCredential;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: MigrationsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Migrations", name, {}, options);
    const account = this.createServiceAccount(`${name}-account`, args);
    const job = this.createJob(`${name}-job`, args, account.metadata.name);
    const secret = pulumi.all([args.credential.secret, job.metadata.name]).apply(([known]) => known);
    this.credential = { ...args.credential, secret };
    this.demand = {
      workload: serviceNames.migrations,
      pods: podsWhileReplaced(1),
      containers: [withEphemeralStorage(args.resources, scratch)],
    };
    this.registerOutputs();
  }

  private createServiceAccount(name: string, args: MigrationsArgs) {
    return new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(args, serviceNames.migrations), automountServiceAccountToken: false },
      { parent: this },
    );
  }

  private createJob(name: string, args: MigrationsArgs, account: pulumi.Output<string>) {
    const names = { account, settings: args.platform.settings.configMap, credential: args.credential.secret };
    const content = JSON.stringify(podTemplate(args, plainNames));
    return new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          ...metadata(args, `${serviceNames.migrations}-${checksumOf({ content }).slice(0, 8)}`),
          annotations: auditExceptions(unpublished([args.image])),
        },
        spec: {
          backoffLimit: attempts - 1,
          activeDeadlineSeconds: patience,
          template: podTemplate(args, names),
        },
      },
      { parent: this, customTimeouts: { create: `${patience}s`, update: `${patience}s` } },
    );
  }
}

function metadata({ platform }: MigrationsArgs, name: string) {
  const { migrations } = serviceNames;
  return metadataOf({ name, namespace: platform.namespace, workload: migrations, component: "migrations" });
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
