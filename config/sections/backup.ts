import { z } from "zod";
import { field, integer, storage } from "../fields.ts";
import { resources } from "../shapes.ts";

/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax */
const schedule = field(z.string().refine(isSchedule), {
  allowed: "minute, hour, day of the month, month and day of the week, as of cron, with digits and * , - /",
  example: '"17 */6 * * *"',
});

/** Least and largest value in each place of a schedule. */
const places = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12 },
  { min: 0, max: 6 },
];

function isSchedule(text: string): boolean {
  const fields = text.split(" ");
  return (
    fields.length === places.length && places.every((place, index) => isField(fields[index] ?? "", place))
  );
}

function isField(text: string, { min, max }: { min: number; max: number }): boolean {
  return text.split(",").every((part) => {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/.exec(part);
    if (!match) return false;
    const [first = min, last = first] = [match[1], match[2]].flatMap((digits) =>
      digits ? [Number(digits)] : [],
    );
    return min <= first && first <= last && last <= max;
  });
}

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
  /** Folder of the bucket. Stacks that share a bucket must not share a folder: each deletes what it holds for superseded. */
  folder: field(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/), {
    allowed:
      "the name of a folder: lower-case letters, digits and '-'; another one for each stack of a bucket",
    example: "database",
  }).default("database"),
  resources: resources({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "1", memory: "512Mi" },
  }).prefault({}),
  /** Space for one dump, which is compressed. */
  scratch: storage("20Gi").default("20Gi"),
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
