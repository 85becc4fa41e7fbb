/** Which backups are kept. Time does not delete any by itself: where no new ones come, the old ones stay. */
import { nameOf } from "./backups.ts";

export interface Retention {
  /** How many of the latest are kept; at least 1. */
  readonly latest: number;
  /** Of how many of the latest days that have a backup (UTC) the last one is kept. */
  readonly daily: number;
  /** Of how many of the latest weeks that have a backup (ISO 8601, UTC) the last one is kept. */
  readonly weekly: number;
}

/**
 * The backups that no rule keeps, the oldest first.
 *
 * @param begun when each backup began, RFC 3339 in UTC to the second, in any order
 * @returns their names
 */
export function superseded(begun: readonly string[], { latest, daily, weekly }: Retention): string[] {
  const newestFirst = [...begun].sort().reverse();
  const kept = new Set([
    ...newestFirst.slice(0, Math.max(1, latest)),
    ...lastOfEach(newestFirst, dayOf).slice(0, daily),
    ...lastOfEach(newestFirst, weekOf).slice(0, weekly),
  ]);
  return newestFirst
    .filter((time) => !kept.has(time))
    .reverse()
    .map(nameOf);
}

/** The first of each period in the list, in its order. */
function lastOfEach(newestFirst: readonly string[], periodOf: (time: string) => string): string[] {
  const seen = new Map<string, string>();
  for (const time of newestFirst) if (!seen.has(periodOf(time))) seen.set(periodOf(time), time);
  return [...seen.values()];
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}

/** The Monday that the week began with, which names it. */
function weekOf(time: string): string {
  const day = new Date(`${dayOf(time)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return dayOf(day.toISOString());
}
