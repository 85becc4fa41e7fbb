import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../contract/systems.ts";
import { createAccount } from "../foundation/account.ts";
import { auditExceptions, unpublished } from "../foundation/audit.ts";
import type { Demand } from "../foundation/capacity-demand.ts";
import { metadataOf } from "../foundation/metadata.ts";
import { textBeside } from "../foundation/text-beside.ts";
import { type BackupPodArgs, backupPod, demandOf, restorePod } from "./pods.ts";

export interface BackupArgs extends BackupPodArgs {
  /** When backups begin: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax */
  readonly schedule: string;
  /** Time zone of the schedule, by its name in the IANA database. */
  readonly timeZone: string;
  /** Seconds that a backup, or a restore, may take with all attempts. */
  readonly timeLimit: number;
}

/** Of finished Jobs, how many stay to be looked at. */
const kept = { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3 };
/** Seconds after its time that a backup may still begin: the next one is not far. */
const startingDeadline = 1800;
/** There is no such day. */
const never = "0 0 31 2 *";

type JobSpec = Omit<k8s.types.input.batch.v1.JobSpec, "activeDeadlineSeconds">;

/**
 * Backups of the database: a CronJob that makes one on schedule, and one that never runs, from which a person makes the Job
 * that restores one.
 */
export class Backup extends pulumi.ComponentResource {
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: BackupArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:backup:Backup", name, {}, options);
    const { backup, restore } = systemNames;
    const scripts = this.createScripts(`${name}-scripts`, args).metadata.name;
    this.createCronJob(`${name}-backup`, args, {
      workload: backup,
      spec: { schedule: args.schedule, startingDeadlineSeconds: startingDeadline },
      job: (account) => ({ backoffLimit: 2, template: backupPod(args, { account, scripts }) }),
    });
    this.createCronJob(`${name}-restore`, args, {
      workload: restore,
      spec: { schedule: never, suspend: true, startingDeadlineSeconds: startingDeadline },
      // A person watches it, and decides.
      job: (account) => ({ backoffLimit: 0, template: restorePod(args, { account, scripts }) }),
    });
    this.demands = [demandOf(args, backup), demandOf(args, restore)];
    this.registerOutputs();
  }

  private createScripts(name: string, args: BackupArgs) {
    const { backup } = systemNames;
    return new k8s.core.v1.ConfigMap(
      name,
      { metadata: metadata(args, backup, "database-backup-scripts"), data: scriptFiles() },
      { parent: this },
    );
  }

  private createCronJob(
    name: string,
    args: BackupArgs,
    of: {
      readonly workload: string;
      readonly spec: Pick<
        k8s.types.input.batch.v1.CronJobSpec,
        "schedule" | "startingDeadlineSeconds" | "suspend"
      >;
      readonly job: (account: pulumi.Output<string>) => JobSpec;
    },
  ) {
    const { workload, spec, job } = of;
    const { namespace } = args.platform;
    const account = createAccount(`${name}-account`, { namespace, workload, component: "backup" }, this);
    return new k8s.batch.v1.CronJob(
      `${name}-cronjob`,
      {
        metadata: {
          ...metadata(args, workload),
          annotations: auditExceptions(unpublished([args.programImage, args.postgresqlImage])),
        },
        spec: {
          ...spec,
          timeZone: args.timeZone,
          concurrencyPolicy: "Forbid",
          ...kept,
          jobTemplate: {
            metadata: { labels: metadata(args, workload).labels },
            spec: { activeDeadlineSeconds: args.timeLimit, ...job(account.metadata.name) },
          },
        },
      },
      { parent: this },
    );
  }
}

function metadata({ platform }: BackupArgs, workload: string, name = workload) {
  return metadataOf({ name, namespace: platform.namespace, workload, component: "backup" });
}

/** The scripts of both, by name. */
function scriptFiles(): Record<string, string> {
  const names = ["login.sh", "dump.sh", "restore.sh"];
  return Object.fromEntries(names.map((name) => [name, textBeside(import.meta.url, name)]));
}
