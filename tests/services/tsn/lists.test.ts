/** Gate control lists of windows: what is open in the time that the windows leave. */
import { expect, test } from "vitest";
import { planOf } from "../../../services/tsn/plan.ts";
import { listOf, type PlacedWindow } from "../../../services/tsn/synthesis/lists.ts";
import { parsed } from "./small.ts";

type Entry = [durationNs: number, ...openClasses: number[]];

const window = (startNs: number, durationNs: number, trafficClass = 7): PlacedWindow => ({
  startNs,
  durationNs,
  trafficClass,
});

/** The list at the port from `s` to `c` for windows that repeat after 20 ns, where classes 0 and 1 carry no streams. */
function listFor(windows: PlacedWindow[], others = [0, 1]) {
  const port = planOf(parsed()).ports.find(({ id }) => id === "s>cs");
  if (!port) throw new Error("no port s>cs");
  return listOf(port, windows, { hyperperiodNs: 20, others });
}

interface Case {
  readonly title: string;
  readonly windows: PlacedWindow[];
  readonly baseTimeNs: number;
  /** @default 20 */
  readonly cycleTimeNs?: number;
  readonly entries: Entry[];
}

const cases: Case[] = [
  {
    title: "one window: the rest of the cycle is one entry",
    windows: [window(3, 4)],
    baseTimeNs: 3,
    entries: [
      [4, 7],
      [16, 0, 1],
    ],
  },
  {
    title: "two windows, in any order: one entry between them and one after",
    windows: [window(9, 2, 6), window(3, 4)],
    baseTimeNs: 3,
    entries: [
      [4, 7],
      [2, 0, 1],
      [2, 6],
      [12, 0, 1],
    ],
  },
  {
    title: "a nanosecond between two windows of one class stays closed for it",
    windows: [window(3, 4), window(8, 4)],
    baseTimeNs: 3,
    entries: [
      [4, 7],
      [1, 0, 1],
      [4, 7],
      [11, 0, 1],
    ],
  },
  {
    title: "windows of one class without anything between them are one entry",
    windows: [window(3, 4), window(7, 2), window(9, 1)],
    baseTimeNs: 3,
    entries: [
      [7, 7],
      [13, 0, 1],
    ],
  },
  {
    title: "windows of two classes without anything between them are two entries",
    windows: [window(3, 4), window(7, 2, 6)],
    baseTimeNs: 3,
    entries: [
      [4, 7],
      [2, 6],
      [14, 0, 1],
    ],
  },
  {
    title: "windows that continue over the end of the cycle are not cut",
    windows: [window(0, 3), window(10, 2, 6), window(18, 2)],
    baseTimeNs: 10,
    entries: [
      [2, 6],
      [6, 0, 1],
      [5, 7],
      [7, 0, 1],
    ],
  },
  {
    title: "windows of one class that continue over the end of the cycle are not cut",
    windows: [window(0, 3), window(10, 2), window(18, 2)],
    baseTimeNs: 10,
    entries: [
      [2, 7],
      [6, 0, 1],
      [5, 7],
      [7, 0, 1],
    ],
  },
  {
    title: "windows that continue over the end of a cycle that they fill are not cut",
    windows: [window(0, 4), window(4, 14, 6), window(18, 2)],
    baseTimeNs: 4,
    entries: [
      [14, 6],
      [6, 7],
    ],
  },
  {
    title: "a window over the end of the cycle leaves less of it",
    windows: [window(18, 5)],
    baseTimeNs: 18,
    entries: [
      [5, 7],
      [15, 0, 1],
    ],
  },
  {
    title: "windows outside the first cycle are those of the first one",
    windows: [window(-12, 2), window(43, 2, 6)],
    baseTimeNs: 3,
    entries: [
      [2, 6],
      [3, 0, 1],
      [2, 7],
      [13, 0, 1],
    ],
  },
  {
    title: "windows that fill the cycle leave no entry",
    windows: [window(0, 12), window(12, 8, 6)],
    baseTimeNs: 0,
    entries: [
      [12, 7],
      [8, 6],
    ],
  },
  {
    title: "windows of one class that fill the cycle are one entry",
    windows: [window(4, 12), window(16, 8)],
    baseTimeNs: 4,
    entries: [[20, 7]],
  },
  {
    title: "what repeats is said once",
    windows: [window(2, 3), window(7, 3), window(12, 3), window(17, 3)],
    baseTimeNs: 2,
    cycleTimeNs: 5,
    entries: [
      [3, 7],
      [2, 0, 1],
    ],
  },
  {
    title: "what repeats but for its class does not",
    windows: [window(2, 3), window(12, 3, 6)],
    baseTimeNs: 2,
    entries: [
      [3, 7],
      [7, 0, 1],
      [3, 6],
      [7, 0, 1],
    ],
  },
  {
    title: "what repeats but for its duration does not",
    windows: [window(2, 3), window(12, 4)],
    baseTimeNs: 2,
    entries: [
      [3, 7],
      [7, 0, 1],
      [4, 7],
      [6, 0, 1],
    ],
  },
];

test.each(cases)("$title", ({ windows, baseTimeNs, cycleTimeNs = 20, entries }) => {
  expect(listFor(windows)).toEqual({
    node: "s",
    link: "cs",
    baseTimeNs,
    cycleTimeNs,
    entries: entries.map(([durationNs, ...openClasses]) => ({ openClasses, durationNs })),
  });
});

test("where streams use all classes, nothing is open between windows", () => {
  expect(listFor([window(0, 5)], []).entries).toEqual([
    { openClasses: [7], durationNs: 5 },
    { openClasses: [], durationNs: 15 },
  ]);
});
