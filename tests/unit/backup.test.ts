import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { Backup, type BackupArgs } from "../../components/backup/index.ts";
import { revisionWith } from "../../components/foundation/checksum.ts";
import { backup } from "../../config/sections/backup.ts";
import { record } from "./mocks.ts";
import { mounted, platform, revision } from "./platform.ts";
import { at, environmentOf, labels } from "./shapes.ts";

const key = mounted("object-storage");
const args: BackupArgs = {
  platform: platform(),
  postgresqlImage: "registry.test/postgres:17.11",
  programImage: "registry.test/object-storage:1.0",
  login: mounted("database"),
  objectStorage: {
    endpoint: pulumi.output("http://storage.test:9000"),
    region: "us-east-1",
    bucket: pulumi.output("backups"),
    credential: { ...key, entries: ["access-key-id", "secret-access-key"] },
  },
  ...backup.parse({}),
};

async function recorded(changes: Partial<BackupArgs> = {}) {
  const { recording } = await record({
    program: () => {
      new Backup("backup", { ...args, ...changes });
      return {};
    },
  });
  return recording;
}

const setting = (name: string) => ({
  name,
  valueFrom: { configMapKeyRef: { name: "platform-settings", key: name } },
});
const bucket = [
  { name: "OBJECT_STORAGE_ENDPOINT", value: "http://storage.test:9000" },
  { name: "OBJECT_STORAGE_REGION", value: "us-east-1" },
  { name: "OBJECT_STORAGE_BUCKET", value: "backups" },
  { name: "BACKUP_FOLDER", value: `database/place-${revision("backups")}` },
];
const keyFiles = [
  { name: "OBJECT_STORAGE_ACCESS_KEY_ID_FILE", value: "/run/secrets/object-storage/access-key-id" },
  { name: "OBJECT_STORAGE_SECRET_ACCESS_KEY_FILE", value: "/run/secrets/object-storage/secret-access-key" },
];
const programMounts = [
  { name: "scratch", mountPath: "/tmp" },
  { name: "object-storage", mountPath: "/run/secrets/object-storage", readOnly: true },
];
const scriptMounts = [
  { name: "scratch", mountPath: "/tmp" },
  { name: "login", mountPath: "/run/login" },
  { name: "scripts", mountPath: "/etc/backup", readOnly: true },
  { name: "database", mountPath: "/run/secrets/database", readOnly: true },
];
const scriptEnvironment = [
  setting("DATABASE_HOST"),
  setting("DATABASE_PORT"),
  setting("DATABASE_NAME"),
  { name: "DATABASE_USER_FILE", value: "/run/secrets/database/username" },
  { name: "DATABASE_PASSWORD_FILE", value: "/run/secrets/database/password" },
  { name: "PGPASSFILE", value: "/run/login/pgpass" },
  { name: "DUMP_FILE", value: "/tmp/database.dump" },
  { name: "TZ", value: "UTC" },
];
const programEnvironment = (service: string) => [
  { name: "SERVICE_NAME", value: service },
  { name: "NODE_OPTIONS", value: "--max-old-space-size=256" },
  { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "" },
  setting("LOG_LEVEL"),
  setting("LOG_FORMAT"),
];

test("it is two CronJobs with accounts of their own, and the scripts", async () => {
  const recording = await recorded();
  expect(recording.objects()).toEqual([
    "ConfigMap database-backup-scripts",
    "CronJob database-backup",
    "CronJob database-restore",
    "ServiceAccount database-backup",
    "ServiceAccount database-restore",
  ]);
  const files = ["login.sh", "dump.sh", "restore.sh"].map((name) => [
    name,
    readFileSync(new URL(`../../components/backup/${name}`, import.meta.url), "utf8"),
  ]);
  expect(at(recording.object("ConfigMap", "database-backup-scripts"), "data")).toEqual(
    Object.fromEntries(files),
  );
});

test("a backup is dumped by PostgreSQL's own programs, then stored by ours; neither sees the other's credential", async () => {
  const job = (await recorded()).object("CronJob", "database-backup");
  const { jobTemplate, ...spec } = at(job, "spec") as Record<string, unknown>;
  expect(spec).toEqual({
    schedule: "17 */6 * * *",
    timeZone: "Etc/UTC",
    startingDeadlineSeconds: 1800,
    concurrencyPolicy: "Forbid",
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
  });
  expect(jobTemplate).toMatchObject({
    metadata: { labels: labels("database-backup", "backup") },
    spec: { activeDeadlineSeconds: 7200, backoffLimit: 2 },
  });
  const pod = at(job, "spec.jobTemplate.spec.template");
  expect(pod).toMatchObject({
    metadata: { labels: labels("database-backup", "backup") },
    spec: {
      serviceAccountName: "database-backup",
      automountServiceAccountToken: false,
      restartPolicy: "Never",
      securityContext: { runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
    },
  });
  expect(at(job, "spec.jobTemplate.spec.template.spec.initContainers")).toMatchObject([
    {
      name: "dump",
      image: "registry.test/postgres:17.11",
      command: ["bash", "/etc/backup/dump.sh"],
      env: scriptEnvironment,
      volumeMounts: scriptMounts,
      resources: { limits: { cpu: "1", memory: "512Mi", "ephemeral-storage": "20736Mi" } },
    },
  ]);
  expect(at(job, "spec.jobTemplate.spec.template.spec.containers")).toMatchObject([
    {
      name: "upload",
      image: "registry.test/object-storage:1.0",
      args: ["upload"],
      env: [
        ...programEnvironment("database-backup"),
        ...bucket,
        { name: "BACKUP_KEEP_LATEST", value: "8" },
        { name: "BACKUP_KEEP_DAILY", value: "14" },
        { name: "BACKUP_KEEP_WEEKLY", value: "8" },
        { name: "DUMP_FILE", value: "/tmp/database.dump" },
        ...keyFiles,
      ],
      volumeMounts: programMounts,
    },
  ]);
  expect(at(job, "spec.jobTemplate.spec.template.spec.volumes")).toEqual([
    { name: "scratch", emptyDir: { sizeLimit: "20Gi" } },
    { name: "login", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    { name: "scripts", configMap: { name: "database-backup-scripts", defaultMode: 0o444 } },
    {
      name: "database",
      secret: {
        secretName: "database-credentials",
        defaultMode: 0o440,
        items: [
          { key: "username", path: "username" },
          { key: "password", path: "password" },
        ],
      },
    },
    {
      name: "object-storage",
      secret: {
        secretName: "object-storage-credentials",
        defaultMode: 0o440,
        items: [
          { key: "access-key-id", path: "access-key-id" },
          { key: "secret-access-key", path: "secret-access-key" },
        ],
      },
    },
  ]);
});

test("stacks of one name have folders of their own", async () => {
  const folderWith = async (key: string) => {
    const revisionOf = revisionWith(pulumi.output(key));
    const cronJob = (await recorded({ platform: platform({ revisionOf }) })).object(
      "CronJob",
      "database-backup",
    );
    return environmentOf(cronJob).BACKUP_FOLDER;
  };
  const folder = await folderWith("of one stack");
  expect(folder).toMatch(/^database\/place-[0-9a-f]{12}$/);
  expect(await folderWith("of one stack")).toBe(folder);
  expect(await folderWith("of another")).not.toBe(folder);
});

test("a restore never runs by itself, fetches the latest unless told another, and is tried once", async () => {
  const job = (await recorded()).object("CronJob", "database-restore");
  expect(at(job, "spec")).toMatchObject({
    schedule: "0 0 31 2 *",
    suspend: true,
    concurrencyPolicy: "Forbid",
  });
  expect(at(job, "spec.jobTemplate.spec")).toMatchObject({ activeDeadlineSeconds: 7200, backoffLimit: 0 });
  expect(at(job, "spec.jobTemplate.spec.template.spec.initContainers")).toMatchObject([
    {
      name: "download",
      args: ["download"],
      env: [
        ...programEnvironment("database-restore"),
        ...bucket,
        { name: "BACKUP", value: "latest" },
        { name: "DUMP_FILE", value: "/tmp/database.dump" },
        ...keyFiles,
      ],
      volumeMounts: programMounts,
    },
  ]);
  expect(at(job, "spec.jobTemplate.spec.template.spec.containers")).toMatchObject([
    {
      name: "restore",
      image: "registry.test/postgres:17.11",
      command: ["bash", "/etc/backup/restore.sh"],
      env: scriptEnvironment,
      volumeMounts: scriptMounts,
    },
  ]);
});
