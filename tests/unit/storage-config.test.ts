import { expect, test } from "vitest";
import { accepted, describeRefusals, problemsOf } from "./config-cases.ts";

const example = "; for example ";
const bucket = `must be a bucket name of 3 to 63 lower-case letters, digits and '-', a letter or digit at both ends${example}backups`;
const endpoint = `must be the http or https URL of an S3 API, without a bucket${example}https://s3.eu-central-1.amazonaws.com`;
const schedule = `must be minute, hour, day of the month, month and day of the week, as of cron, with digits and * , - /${example}"17 */6 * * *"`;
const folder = `must be the name of a folder: lower-case letters, digits and '-'; another one for each stack of a bucket${example}database`;

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
    "a step of nothing",
    { backup: { schedule: "*/0 * * * *" } },
    "backup.schedule",
    '"*/0 * * * *"',
    schedule,
  ],
  [
    "a time zone of no place",
    { backup: { timeZone: "Mars/Olympus" } },
    "backup.timeZone",
    '"Mars/Olympus"',
    `must be the name of a time zone in the IANA database${example}Europe/Berlin`,
  ],
  [
    "a limit beyond which uploads would be freed while they go on",
    { backup: { timeLimit: 90_000 } },
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
  expect(accepted({ backup: { schedule: text } }).backup.schedule).toBe(text);
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
