/**
 * Schedules of CronJobs, as far as the platform takes them: digits with `*`, `,`, `-` and `/`.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */

/** Least and largest value of minute, hour, day of the month, month, and day of the week (0 is Sunday). */
const bounds = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12 },
  { min: 0, max: 6 },
];
const minutesOfDay = 24 * 60;
/** Longer than from one 29 February to the next. */
const days = 9 * 366;

/**
 * The longest time, in minutes, between one run of a schedule and the next, where no day is shorter or longer than others.
 * Undefined of what is no schedule, and of one that never comes.
 */
export function longestGap(schedule: string): number | undefined {
  const fields = schedule.split(" ");
  const [minutes, hours, ...dates] = bounds.map((bound, index) => valuesOf(fields[index] ?? "", bound));
  if (fields.length !== bounds.length || !minutes || !hours || dates.includes(undefined)) return undefined;
  const onDays = Array.from({ length: days }, (_, day) => day).filter((day) =>
    isOn(new Date(Date.UTC(2000, 0, 1 + day)), fields, dates),
  );
  if (onDays.length < 2) return undefined;
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute));
  times.sort((a, b) => a - b);
  const [first = 0, last = first] = [times[0], times.at(-1)];
  const overNight = longestStep(onDays) * minutesOfDay - (last - first);
  return Math.max(longestStep(times), overNight);
}

/** The greatest difference between one of these numbers and the next; 0 of a single one. */
function longestStep(ascending: readonly number[]): number {
  return Math.max(0, ...ascending.slice(1).map((value, index) => value - (ascending[index] ?? 0)));
}

/** The days of the month and of the week are alternatives, unless one of them is every day. */
function isOn(date: Date, fields: readonly string[], dates: readonly (ReadonlySet<number> | undefined)[]) {
  const [monthDays, months, weekDays] = dates;
  const [onMonthDay, onWeekDay] = [monthDays?.has(date.getUTCDate()), weekDays?.has(date.getUTCDay())];
  const isAny = fields[2] === "*" || fields[4] === "*";
  const onDay = isAny ? onMonthDay && onWeekDay : onMonthDay || onWeekDay;
  return months?.has(date.getUTCMonth() + 1) === true && onDay === true;
}

/** The values that a field stands for; undefined where it is none. */
function valuesOf(text: string, { min, max }: { min: number; max: number }): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:\*|(?<from>\d{1,2})(?:-(?<to>\d{1,2}))?)(?:\/(?<step>[1-9]\d?))?$/.exec(part);
    if (!match) return undefined;
    const { from, to, step } = match.groups ?? {};
    const first = from === undefined ? min : Number(from);
    // With a step alone, it goes on to the end.
    const last = to === undefined ? (from === undefined || step !== undefined ? max : first) : Number(to);
    if (first < min || last > max || first > last) return undefined;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}
