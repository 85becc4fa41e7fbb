import { z } from "zod";
import { field, integer, storage } from "../fields.ts";
import { longestGap } from "../schedule.ts";
import { resources } from "../shapes.ts";

const schedule = field(
  z.string().refine((text) => longestGap(text) !== undefined),
  {
    allowed:
      "minute, hour, day of the month, month and day of the week, as of cron, with digits and * , - /, for days that there are",
    example: '"17 */6 * * *"',
  },
);

export const backup = z.strictObject({
  /** With the volume of the database, all is lost that came since the last backup. */
  schedule: schedule.default("17 */6 * * *"),
  timeZone: field(z.string().refine(isTimeZone), {
    allowed: "the name of a time zone in the IANA database",
    example: "Europe/Berlin",
  }).default("Etc/UTC"),
  /** Of one backup, or one restore, with all attempts. Uploads that are older than a day are freed as abandoned. */
  timeLimit: integer("seconds", { min: 60, max: 43_200, example: 7200 }).default(7200),
  /** How many are kept; one is kept if any rule keeps it. */
  keep: z
    .strictObject({
      latest: integer("of the latest backups", { min: 1, max: 1000, example: 8 }).default(8),
      daily: integer("of the latest days with a backup, the last one of each", {
        min: 0,
        max: 1000,
        example: 14,
      }).default(14),
      weekly: integer("of the latest weeks with a backup, the last one of each", {
        min: 0,
        max: 1000,
        example: 8,
      }).default(8),
    })
    .prefault({}),
  /** Folder of the bucket, in which every stack has one of its own. */
  folder: field(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/), {
    allowed:
      "the name of a folder: lower-case letters, digits and '-'; in it, every stack has one of its own",
    example: "database",
  }).default("database"),
  resources: resources({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "1", memory: "512Mi" },
  }).prefault({}),
  /** Space for one dump, which is compressed. */
  scratch: storage("20Gi").default("20Gi"),
});

/** A name as the cluster knows it, which minds capitals where Node.js does not. */
function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    const isMisspelt = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
    return !isMisspelt && name.split("/").every((part) => /^[A-Z]/.test(part));
  } catch {
    return false;
  }
}

/** A backup that takes its time is no reason for an alert. */
export function checkBackupAge(
  config: {
    readonly backup: Pick<z.output<typeof backup>, "schedule" | "timeLimit">;
    readonly alerting: { readonly backupAge: number };
  },
  context: z.core.$RefinementCtx<unknown>,
): void {
  const { schedule, timeLimit } = config.backup;
  const { backupAge } = config.alerting;
  const gap = longestGap(schedule);
  if (gap === undefined) return;
  const least = Math.ceil((gap * 60 + timeLimit) / 3600);
  if (backupAge >= least) return;
  const allowed =
    `at least ${least} (hours): by backup.schedule, ${Number((gap / 60).toFixed(1))} hours may pass from one backup to the ` +
    `next, which may take backup.timeLimit, ${timeLimit} seconds; or make them more often`;
  context.addIssue({
    code: "custom",
    path: ["alerting", "backupAge"],
    params: { value: backupAge, allowed },
  });
}
