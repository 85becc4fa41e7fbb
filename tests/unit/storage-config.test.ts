import { expect, test } from "vitest";
import { z } from "zod";
import { backup, checkBackupAge } from "../../config/sections/backup.ts";
import { accepted, describeRefusals, problemsOf, type Refusal } from "./config-cases.ts";

const example = "; for example ";
const bucket = `must be a bucket name of 3 to 63 lower-case letters, digits and '-', a letter or digit at both ends${example}backups`;
const endpoint = `must be the http or https URL of an S3 API: host and port alone, without a bucket or a login${example}https://s3.eu-central-1.amazonaws.com`;
const schedule = `must be minute, hour, day of the month, month and day of the week, as of cron, with digits and * , - /, for days that there are${example}"17 */6 * * *"`;
const folder = `must be the name of a folder: lower-case letters, digits and '-'; in it, every stack has one of its own${example}database`;

describeRefusals("an object storage that cannot be", [
  [
    "an unknown engine",
    { objectStorage: { engine: "minio" } },
    "objectStorage.engine",
    '"minio"',
    `must be one of versitygw, seaweedfs, external${example}versitygw`,
  ],
  [
    "a bucket with a dot",
    { objectStorage: { bucket: "my.backups" } },
    "objectStorage.bucket",
    '"my.backups"',
    bucket,
  ],
  [
    "a bucket with capitals",
    { objectStorage: { bucket: "Backups" } },
    "objectStorage.bucket",
    '"Backups"',
    bucket,
  ],
  [
    "an address without a scheme",
    { objectStorage: { external: { endpoint: "s3.example.com" } } },
    "objectStorage.external.endpoint",
    '"s3.example.com"',
    endpoint,
  ],
  ...[
    "http://user:pass@minio.local:9000",
    "https://s3.example.com/bucket",
    "https://s3.example.com?x=1",
    "https://s3.example.com#y",
    "https://s3.example.com ",
    "https://s3.exa\nmple.com",
    "https://s3.example.com:99999",
  ].map(
    (url): Refusal => [
      `the address ${JSON.stringify(url)}`,
      { objectStorage: { external: { endpoint: url } } },
      "objectStorage.external.endpoint",
      JSON.stringify(url),
      endpoint,
    ],
  ),
  [
    "a volume without room for two dumps",
    { objectStorage: { storage: { size: "39Gi" } } },
    "objectStorage.storage.size",
    '"39Gi"',
    "must be at least twice backup.scratch, which is 20Gi: a backup that is kept, and the next one",
  ],
]);

describeRefusals("a backup that cannot be", [
  ["four places", { backup: { schedule: "17 2 * *" } }, "backup.schedule", '"17 2 * *"', schedule],
  ["an hour too late", { backup: { schedule: "0 24 * * *" } }, "backup.schedule", '"0 24 * * *"', schedule],
  [
    "a range backwards",
    { backup: { schedule: "0 9-5 * * *" } },
    "backup.schedule",
    '"0 9-5 * * *"',
    schedule,
  ],
  [
    "a day that never comes",
    { backup: { schedule: "0 0 30 2 *" } },
    "backup.schedule",
    '"0 0 30 2 *"',
    schedule,
  ],
  [
    "a step of nothing",
    { backup: { schedule: "*/0 * * * *" } },
    "backup.schedule",
    '"*/0 * * * *"',
    schedule,
  ],
  ...["Mars/Olympus", "europe/berlin", "EUROPE/BERLIN", "est5edt", "+01:00"].map(
    (timeZone): Refusal => [
      `the time zone ${timeZone}`,
      { backup: { timeZone } },
      "backup.timeZone",
      JSON.stringify(timeZone),
      `must be the name of a time zone in the IANA database${example}Europe/Berlin`,
    ],
  ),
  [
    "a limit beyond which uploads would be freed while they go on",
    { backup: { timeLimit: 90_000 }, alerting: { backupAge: 48 } },
    "backup.timeLimit",
    "90000",
    `must be a whole number from 60 to 43200 (seconds)${example}7200`,
  ],
  [
    "none kept",
    { backup: { keep: { latest: 0 } } },
    "backup.keep.latest",
    "0",
    `must be a whole number from 1 to 1000 (of the latest backups)${example}8`,
  ],
  ["a folder with a slash", { backup: { folder: "a/b" } }, "backup.folder", '"a/b"', folder],
]);

test.each(["0 2 * * *", "*/15 0-6/2 1,15 * 1-5", "59 23 31 12 6"])("%s is a schedule", (text) => {
  expect(backup.parse({ schedule: text }).schedule).toBe(text);
});

test.each(["Etc/UTC", "UTC", "EST5EDT", "Etc/GMT+5", "America/Port-au-Prince", "Africa/Dar_es_Salaam"])(
  "%s is a time zone",
  (timeZone) => {
    expect(accepted({ backup: { timeZone } }).backup.timeZone).toBe(timeZone);
  },
);

test("an alert of old backups gives one the time that it may take", () => {
  const section = z
    .object({ backup, alerting: z.object({ backupAge: z.number() }) })
    .superRefine(checkBackupAge);
  const judged = (schedule: string, backupAge: number) =>
    section.safeParse({ backup: { schedule, timeLimit: 5400 }, alerting: { backupAge } }).error?.issues;
  expect(judged("17 */6 * * *", 8)).toBeUndefined();
  expect(judged("0 2 * * *", 26)).toBeUndefined();
  expect(judged("0 2 * * *", 25)).toMatchObject([
    {
      path: ["alerting", "backupAge"],
      params: {
        value: 25,
        allowed:
          "at least 26 (hours): by backup.schedule, 24 hours may pass from one backup to the next, which may take " +
          "backup.timeLimit, 5400 seconds; or make them more often",
      },
    },
  ]);
});

test("a store elsewhere has an address and the key pair that it gave out", () => {
  const given = "is missing; it must be the one that the store gave out, as objectStorage.engine is external";
  expect(problemsOf({ objectStorage: { engine: "external" } })).toEqual([
    { key: "objectStorage.external.endpoint", advice: `is missing; it ${endpoint}` },
    { key: "objectStorageAccessKeyId", advice: given },
    { key: "objectStorageSecretAccessKey", advice: given },
  ]);
  const keys = { objectStorageAccessKeyId: "AKIA", objectStorageSecretAccessKey: "0123456789abcdef" };
  const external = { endpoint: "https://s3.example.com" };
  const config = accepted({ objectStorage: { engine: "external", external }, ...keys }, Object.keys(keys));
  expect(config.objectStorage).toMatchObject({ engine: "external", external });
  expect(config).toMatchObject(keys);
});
