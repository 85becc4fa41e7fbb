import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { nameOf } from "../../../services/object-storage/backups.ts";
import { type Retention, superseded } from "../../../services/object-storage/retention.ts";

/** `2026-11-DD` at an hour. 2 November 2026 is a Monday. */
const at = (day: number, hour = 2) =>
  `2026-11-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00Z`;
const keep = (latest: number, daily = 0, weekly = 0): Retention => ({ latest, daily, weekly });

test.each<[string, string[], Retention, string[]]>([
  ["nothing of nothing", [], keep(1), []],
  ["nothing while there are no more than are kept", [at(1), at(2)], keep(2), []],
  ["the oldest beyond the latest", [at(1), at(2), at(3)], keep(2), [at(1)]],
  ["the oldest, in whatever order they come", [at(3), at(1), at(2)], keep(1), [at(1), at(2)]],
  ["all of a day but its last", [at(1, 1), at(1, 9), at(2, 1), at(2, 9)], keep(1, 2), [at(1, 1), at(2, 1)]],
  ["no day without a backup: it counts for nothing", [at(1), at(9), at(20)], keep(1, 2), [at(1)]],
  ["all of a week but its last", [at(2), at(8), at(9), at(15)], keep(1, 0, 2), [at(2), at(9)]],
  ["Sunday with the week before it", [at(1), at(2)], keep(1, 0, 2), []],
  ["nothing that one of the rules keeps", [at(2), at(9), at(10), at(11)], keep(1, 2, 2), [at(9)]],
  ["never the newest, whatever it is told", [at(1)], keep(0), []],
])("it deletes %s", (_what, begun, retention, deleted) => {
  const expected = deleted.map(nameOf);
  expect(superseded(begun, retention)).toEqual(expected);
});

describe("whatever there is and is kept,", () => {
  const times = fc.uniqueArray(
    fc
      .date({
        min: new Date("2025-12-20T00:00:00Z"),
        max: new Date("2027-01-10T00:00:00Z"),
        noInvalidDate: true,
      })
      .map((date) => `${date.toISOString().slice(0, 19)}Z`),
    { maxLength: 60 },
  );
  const retentions = fc.record({
    latest: fc.integer({ min: 1, max: 5 }),
    daily: fc.integer({ min: 0, max: 10 }),
    weekly: fc.integer({ min: 0, max: 6 }),
  });
  const remaining = (begun: readonly string[], retention: Retention) => {
    const deleted = new Set(superseded(begun, retention));
    return begun.filter((time) => !deleted.has(nameOf(time)));
  };

  it("keeps the newest, as many of the latest as asked, and no more than the rules together allow", () => {
    fc.assert(
      fc.property(times, retentions, (begun, retention) => {
        const kept = new Set(remaining(begun, retention));
        const latest = [...begun].sort().slice(-retention.latest);
        expect(latest.every((time) => kept.has(time))).toBe(true);
        expect(kept.size).toBeLessThanOrEqual(retention.latest + retention.daily + retention.weekly);
      }),
    );
  });

  it("keeps one of each of the latest days", () => {
    fc.assert(
      fc.property(times, retentions, (begun, retention) => {
        const days = (list: readonly string[]) => [...new Set(list.map((time) => time.slice(0, 10)))].sort();
        const kept = days(remaining(begun, retention));
        const wanted = retention.daily === 0 ? [] : days(begun).slice(-retention.daily);
        expect(wanted.every((day) => kept.includes(day))).toBe(true);
      }),
    );
  });

  it("deletes nothing more when it is asked again", () => {
    fc.assert(
      fc.property(times, retentions, (begun, retention) => {
        expect(superseded(remaining(begun, retention), retention)).toEqual([]);
      }),
    );
  });

  it("keeps at least as much when more is kept", () => {
    fc.assert(
      fc.property(times, retentions, (begun, retention) => {
        const more = {
          latest: retention.latest + 1,
          daily: retention.daily + 1,
          weekly: retention.weekly + 1,
        };
        const kept = new Set(remaining(begun, more));
        expect(remaining(begun, retention).every((time) => kept.has(time))).toBe(true);
      }),
    );
  });
});
