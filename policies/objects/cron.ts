/** A field of a schedule: its words, and what it may hold. */
interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names for numbers, from the least on. */
  readonly names: readonly string[];
}

const cronFields: readonly CronField[] = [
  { name: "minute", least: 0, most: 59, names: [] },
  { name: "hour", least: 0, most: 23, names: [] },
  { name: "day of the month", least: 1, most: 31, names: [] },
  {
    name: "month",
    least: 1,
    most: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of the week", least: 0, most: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const macros = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const duration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** What `scheduleProblem` says of a schedule with a zone, which has a field of its own. */
export const hasTimeZone = "it has a time zone in it";

/**
 * Why a CronJob may not have a schedule, such as `its hour is above 23`; undefined where it may. What it says quotes nothing but
 * numbers. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.includes("TZ")) return hasTimeZone;
  if (schedule.startsWith("@every "))
    return duration.test(schedule.slice("@every ".length))
      ? undefined
      : "what follows @every is no duration such as 1h30m";
  if (schedule.startsWith("@"))
    return macros.includes(schedule) ? undefined : `it is none of ${macros.join(", ")} and @every`;
  const parts = schedule.split(/\s+/).filter((part) => part !== "");
  if (parts.length !== cronFields.length)
    return `it has ${parts.length} ${parts.length === 1 ? "field" : "fields"} instead of 5 (minute, hour, day of the month, month, day of the week)`;
  return cronFields.map((field, index) => fieldProblem(parts[index] ?? "", field)).find(Boolean);
}

function fieldProblem(part: string, field: CronField): string | undefined {
  const problem = part
    .split(",")
    .filter((range) => range !== "")
    .map((range) => rangeProblem(range, field))
    .find(Boolean);
  return problem && `its ${field.name} ${problem}`;
}

function rangeProblem(range: string, field: CronField): string | undefined {
  const [ends = "", step, ...more] = range.split("/");
  const [first = "", last, ...others] = ends.split("-");
  const isAll = first === "*" || first === "?";
  const from = isAll ? field.least : numberOf(first, field);
  const to = isAll || last === undefined ? from : numberOf(last, field);
  const form = "has another form than 5, 1-5, 1,5, */5 or *";
  if (from === undefined || to === undefined || more.length > 0 || (!isAll && others.length > 0)) return form;
  if (step !== undefined && !/^\+?\d+$/.test(step)) return form;
  if (from < field.least) return `is ${from}, and begins at ${field.least}`;
  if (to > field.most) return `is ${to}, and ends at ${field.most}`;
  if (from > to) return `begins at ${from} and ends before it, at ${to}`;
  return step !== undefined && Number(step) === 0 ? "is in steps of 0" : undefined;
}

/** The number that a word of a field is; undefined where it is none, which the words of other crons are, such as L and 5#2. */
function numberOf(word: string, { least, names }: CronField): number | undefined {
  const index = names.indexOf(word.toLowerCase());
  if (index >= 0) return least + index;
  return /^\+?\d{1,9}$/.test(word) ? Number(word) : undefined;
}
