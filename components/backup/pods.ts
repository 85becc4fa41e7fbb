import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { scratchDirectory, user } from "../contract/runtime.ts";
import { systemNames } from "../contract/systems.ts";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Platform } from "../foundation/index.ts";
import { workloadLabels } from "../foundation/labels.ts";
import { type MountedCredential, mountsOf } from "../foundation/mounted-credential.ts";
import { hardenedPod } from "../foundation/pod.ts";
import { type ContainerResources, withEphemeralStorage } from "../foundation/resources.ts";
import type { ObjectStorage } from "../storage/index.ts";
import { programContainer } from "../storage/program.ts";

type Container = k8s.types.input.core.v1.Container;
type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;

export interface BackupPodArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference of PostgreSQL, the server's own: its programs dump and restore. */
  readonly postgresqlImage: string;
  /** Complete reference of the platform's own image that stores and fetches dumps. */
  readonly programImage: string;
  /** Login of the database, once there is something in it. */
  readonly login: MountedCredential;
  /** Where backups go. */
  readonly objectStorage: ObjectStorage;
  /** Folder of the bucket, in which every stack has one of its own. */
  readonly folder: string;
  /** How many backups are kept: see `Retention` of the program. */
  readonly keep: { readonly latest: number; readonly daily: number; readonly weekly: number };
  /** CPU and memory of each of the two containers, of which one runs at a time. */
  readonly resources: ContainerResources;
  /** Space for one dump, as a Kubernetes quantity. */
  readonly scratch: string;
}

/** Names of objects in a pod. */
export interface PodObjects {
  readonly account: pulumi.Input<string>;
  /** ConfigMap with the scripts. */
  readonly scripts: pulumi.Input<string>;
}

const scriptsDirectory = "/etc/backup";
const dumpFile = `${scratchDirectory}/database.dump`;
const scratchMount = { name: "scratch", mountPath: scratchDirectory };
/** In memory: the password that the programs of PostgreSQL read. */
const loginDirectory = "/run/login";

/** Dumps the database, then stores the dump. */
export function backupPod(args: BackupPodArgs, objects: PodObjects): PodTemplate {
  const { keep } = args;
  const upload = programContainer({
    ...programOf(args, systemNames.backup),
    name: "upload",
    mode: "upload",
    variables: {
      ...folderOf(args),
      BACKUP_KEEP_LATEST: String(keep.latest),
      BACKUP_KEEP_DAILY: String(keep.daily),
      BACKUP_KEEP_WEEKLY: String(keep.weekly),
      DUMP_FILE: dumpFile,
    },
  });
  const dump = scriptContainer(args, "dump");
  return podTemplate(args, { ...objects, workload: systemNames.backup, first: dump, main: upload });
}

/** Fetches the dump of a backup, then makes the database what it holds. */
export function restorePod(args: BackupPodArgs, objects: PodObjects): PodTemplate {
  const download = programContainer({
    ...programOf(args, systemNames.restore),
    name: "download",
    mode: "download",
    variables: { ...folderOf(args), BACKUP: "latest", DUMP_FILE: dumpFile },
  });
  const restore = scriptContainer(args, "restore");
  return podTemplate(args, { ...objects, workload: systemNames.restore, first: download, main: restore });
}

/** What such a pod may ask of the namespace, one at a time and one that goes. */
export function demandOf({ resources, scratch }: BackupPodArgs, workload: string): Demand {
  const share = withEphemeralStorage(resources, scratch);
  return { workload, pods: 2, containers: [share], initContainers: [share] };
}

function podTemplate(
  args: BackupPodArgs,
  pod: PodObjects & { readonly workload: string; readonly first: Container; readonly main: Container },
): PodTemplate {
  const { platform, scratch } = args;
  return {
    metadata: { labels: workloadLabels(pod.workload, "backup") },
    spec: hardenedPod({
      account: pod.account,
      // Of both: neither image needs to be run as the user that it names.
      user,
      pullSecrets: platform.pullSecrets,
      terminationGracePeriodSeconds: 30,
      restartPolicy: "Never",
      initContainers: [pod.first],
      containers: [pod.main],
      volumes: [
        { name: "scratch", emptyDir: { sizeLimit: scratch } },
        { name: "login", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
        { name: "scripts", configMap: { name: pod.scripts, defaultMode: 0o444 } },
        ...databaseMounts(args).volumes,
        ...storageMounts(args).volumes,
      ],
    }),
  };
}

/** A container with the programs of PostgreSQL: it knows the database, and not the storage. */
function scriptContainer(args: BackupPodArgs, script: "dump" | "restore"): Container {
  const { platform, postgresqlImage, resources, scratch } = args;
  const login = databaseMounts(args);
  return {
    name: script,
    image: postgresqlImage,
    command: ["bash", `${scriptsDirectory}/${script}.sh`],
    env: [
      ...["DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME"].map((key) => ({
        name: key,
        valueFrom: { configMapKeyRef: { name: platform.settings.configMap, key } },
      })),
      ...login.env,
      { name: "PGPASSFILE", value: `${loginDirectory}/pgpass` },
      { name: "DUMP_FILE", value: dumpFile },
      // Of the times in a dump's list of contents.
      { name: "TZ", value: "UTC" },
    ],
    resources: withEphemeralStorage(resources, scratch),
    volumeMounts: [
      scratchMount,
      { name: "login", mountPath: loginDirectory },
      { name: "scripts", mountPath: scriptsDirectory, readOnly: true },
      ...login.volumeMounts,
    ],
  };
}

/** What the containers with our program have in common: they know the storage, and not the database. */
function programOf(args: BackupPodArgs, workload: string) {
  return {
    workload,
    image: args.programImage,
    settings: args.platform.settings.configMap,
    mounts: storageMounts(args),
    resources: args.resources,
    scratch: { mount: scratchMount, size: args.scratch },
  };
}

/**
 * Where the backups of this stack are. Its folder ends in what is made with the stack's own key: no other stack, of whatever
 * name, in whatever cluster, deletes in it what it holds for superseded, or has its own taken for these.
 */
function folderOf({ platform, folder, objectStorage: { endpoint, region, bucket } }: BackupPodArgs) {
  const own = pulumi.interpolate`${platform.namespace}-${platform.revisionOf("backups")}`;
  return {
    OBJECT_STORAGE_ENDPOINT: endpoint,
    OBJECT_STORAGE_REGION: region,
    OBJECT_STORAGE_BUCKET: bucket,
    BACKUP_FOLDER: pulumi.interpolate`${folder}/${own}`,
  };
}

function databaseMounts({ login }: BackupPodArgs) {
  return mountsOf([login]);
}

function storageMounts({ objectStorage }: BackupPodArgs) {
  return mountsOf([objectStorage.credential]);
}
