import { expect, test } from "vitest";
import { cronSchedules } from "../../../policies/validity/cron-schedules.ts";
import { foundBy, messagesOf } from "../world.ts";

const path = "CronJob/nightly spec.schedule";
const problemOf = (schedule: unknown) =>
  messagesOf(cronSchedules, { [path]: schedule })[0]?.replace(/\. The API server.*/, "");

test.each([
  "10 3 * * *",
  "*/15 0-6,20 1,15 jan-MAR Mon-fri",
  "5/10 ? * * ?",
  "  0 0 * * 0  ",
  "@daily",
  "@every 1h30m",
  "$(SCHEDULE)",
])("%s is read", (schedule) => {
  expect(foundBy(cronSchedules, { [path]: schedule })).toEqual([]);
});

test.each([
  ["0 0 3 * * *", "it has 6 fields instead of 5 (minute, hour, day of the month, month, day of the week)"],
  ["3", "it has 1 field instead of 5 (minute, hour, day of the month, month, day of the week)"],
  ["", "it has 0 fields instead of 5 (minute, hour, day of the month, month, day of the week)"],
  ["60 3 * * *", "its minute is 60, and ends at 59"],
  ["0 24 * * *", "its hour is 24, and ends at 23"],
  ["0 3 0 * *", "its day of the month is 0, and begins at 1"],
  ["0 3 * 13 *", "its month is 13, and ends at 12"],
  ["0 3 * * 7", "its day of the week is 7, and ends at 6"],
  ["0 3 * * fri-mon", "its day of the week begins at 5 and ends before it, at 1"],
  ["*/0 3 * * *", "its minute is in steps of 0"],
  ["0 3 L * *", "its day of the month has another form than 5, 1-5, 1,5, */5 or *"],
  ["0 3 * * 5#2", "its day of the week has another form than 5, 1-5, 1,5, */5 or *"],
  ["0 1-2-3 * * *", "its hour has another form than 5, 1-5, 1,5, */5 or *"],
  ["0 1/2/3 * * *", "its hour has another form than 5, 1-5, 1,5, */5 or *"],
  ["CRON_TZ=UTC 0 3 * * *", "it has a time zone in it"],
  ["@reboot", "it is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly and @every"],
  ["@every day", "what follows @every is no duration such as 1h30m"],
  [5, "it is no text"],
])("%s is refused", (schedule, problem) => {
  expect(foundBy(cronSchedules, { [path]: schedule })).toEqual([path]);
  expect(problemOf(schedule)).toBe(`the schedule is refused: ${problem}`);
});

test("a time zone exists", () => {
  const zone = "CronJob/nightly spec.timeZone";
  for (const name of ["Europe/Berlin", "Etc/UTC", "UTC"])
    expect(foundBy(cronSchedules, { [zone]: name })).toEqual([]);
  for (const name of ["Europe/Atlantis", "+01:00", "Local", "", 2])
    expect(foundBy(cronSchedules, { [zone]: name })).toEqual([zone]);
});
