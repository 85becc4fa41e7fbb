import { hasTimeZone, scheduleProblem } from "../objects/cron.ts";
import { isKind } from "../objects/kinds.ts";
import { placesAt } from "../objects/places.ts";
import { text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Crons differ: this one has five fields, counts days of the week from 0 to 6, and takes its time zone in a field of its own. */
export const cronSchedules = objectRule({
  name: "cron-schedules",
  severity: "mandatory",
  description: "The schedule of a CronJob is one that Kubernetes reads, and its time zone exists.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax",
  check(object) {
    if (!isKind(object, "CronJob")) return [];
    const root = { path: "", value: object };
    return [
      ...placesAt(root, "spec.schedule").flatMap(({ path, value }) => problemOfSchedule(path, text(value))),
      ...placesAt(root, "spec.timeZone")
        .filter(({ value }) => !isZone(text(value) ?? ""))
        .map(({ path }) => ({
          path,
          problem: "the time zone does not exist",
          fix: "Write one of IANA's, such as Europe/Berlin",
        })),
    ];
  },
});

function problemOfSchedule(path: string, schedule: string | undefined): Violation[] {
  const problem = schedule === undefined ? "it is no text" : scheduleProblem(schedule);
  if (problem === undefined) return [];
  const fix =
    problem === hasTimeZone
      ? "Write the time zone in spec.timeZone"
      : 'Write five fields, such as "30 3 * * 1-5"';
  return [{ path, problem: `the schedule is refused: ${problem}`, fix }];
}

function isZone(zone: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
