import { expect, test } from "vitest";
import { longestGap } from "../../config/schedule.ts";

const hours = 60;
const days = 24 * hours;

test.each<[string, number]>([
  ["* * * * *", 1],
  ["*/15 * * * *", 15],
  ["5 2,9,21 * * *", 12 * hours],
  ["17 */6 * * *", 6 * hours],
  ["0 2 * * *", 24 * hours],
  ["0 2 * * 1-5", 3 * days],
  ["5/20 3 * * *", 24 * hours - 40],
  ["0 2 1 * *", 31 * days],
  // The 13th or a Friday, not Friday the 13th.
  ["0 2 13 * 5", 7 * days],
  ["0 2 31 * *", 61 * days],
  ["0 0 29 2 *", (4 * 365 + 1) * days],
])("%s leaves at most %i minutes between two", (schedule, minutes) => {
  expect(longestGap(schedule)).toBe(minutes);
});

test.each([
  "0 0 30 2 *",
  "0 0 31 4,6,9,11 *",
  "17 2 * *",
  "0 24 * * *",
  "0 9-5 * * *",
  "*/0 * * * *",
  "@daily",
  "",
])("%j never comes, or is no schedule", (schedule) => {
  expect(longestGap(schedule)).toBeUndefined();
});
