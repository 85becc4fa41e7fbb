/**
 * Which windows a schedule may have. Where devices count in ticks a window can be longer than its frame: in what is left
 * of it no other frame may go. And frames of one stream that wait differently long keep its jitter.
 */
import { expect, test } from "vitest";
import { TsnModel, type TsnModelInput } from "../../../services/tsn/schema.ts";
import { type Schedule, verifyExists } from "../../../services/tsn/synthesis/verify.ts";
import { engineContext } from "./engine.ts";
import { bytesFor, network } from "./models.ts";

type Stream = TsnModelInput["streams"][number];

/** From `a` to `c`: 2 ns on each of three links and 1 ns in the bridge `s`, 7 ns in all. */
const stream = (id: string, overrides: Partial<Stream> = {}): Stream => ({
  id,
  talker: "a",
  listeners: ["c"],
  trafficClass: 7,
  frameBytes: bytesFor(2),
  periodNs: 24,
  deadlineNs: 24,
  ...overrides,
});

const verdictOf = (streams: Stream[], differences: Parameters<typeof network>[0] = {}) =>
  verifyExists(TsnModel.parse({ ...network(differences), streams }), engineContext());

/** Two streams from different sides, which share no port but that from `s` to `b`. */
const meeting = (periodNs: number, trafficClass = 7) => [
  stream("x", { listeners: ["b"], periodNs, deadlineNs: 16 }),
  stream("y", { talker: "d", listeners: ["b"], periodNs, deadlineNs: 16, trafficClass }),
];

const together = { counterexample: { data: { conflictingStreams: ["x", "y"], minimal: true } } };

async function listAtB(streams: Stream[], granularityNs: number) {
  const verdict = await verdictOf(streams, { granularityNs });
  if (verdict.verdict !== "proved") throw new Error(JSON.stringify(verdict));
  const { gateControlLists } = verdict.evidence as unknown as Schedule;
  const list = gateControlLists.find(({ node, link }) => node === "s" && link === "bs");
  return { cycleTimeNs: list?.cycleTimeNs, entries: list?.entries };
}

test("a window with something left over is closed for a tick before the next one of its class", async () => {
  expect(await verdictOf(meeting(12), { granularityNs: 4 })).toMatchObject({
    verdict: "violated",
    ...together,
  });
  // 4 ns for each, and 4 ns after each: what repeats is said once.
  expect(await listAtB(meeting(16), 4)).toEqual({
    cycleTimeNs: 8,
    entries: [
      { openClasses: [7], durationNs: 4 },
      { openClasses: [0, 1, 2, 3, 4, 5, 6], durationNs: 4 },
    ],
  });
});

test("a window of another class may begin at once, even where something is left over", async () => {
  const { cycleTimeNs, entries = [] } = await listAtB(meeting(8, 6), 4);
  expect(cycleTimeNs).toBe(8);
  expect(entries).toHaveLength(2);
  expect(entries).toContainEqual({ openClasses: [7], durationNs: 4 });
  expect(entries).toContainEqual({ openClasses: [6], durationNs: 4 });
});

test("windows without anything left over may follow each other at once", async () => {
  expect(await listAtB(meeting(4), 2)).toEqual({
    cycleTimeNs: 2,
    entries: [{ openClasses: [7], durationNs: 2 }],
  });
});

/**
 * `x` goes without waiting. `y` enters its queue at `s` while the window of `x` is open, and has to go in its own window,
 * which is as soon after it as can be. As `w` comes right after `y`, `y` cannot wait before.
 */
const behind = (xNs: number, y: { readonly offsetNs: number; readonly arrivesNs: number }) => [
  stream("x", { frameBytes: bytesFor(xNs), offsetNs: 0, deadlineNs: 3 * xNs + 1 }),
  stream("y", { talker: "b", offsetNs: y.offsetNs, deadlineNs: y.arrivesNs - y.offsetNs }),
  stream("w", { talker: "b", listeners: ["a"], offsetNs: y.offsetNs + 2, deadlineNs: 5 }),
];

test.each([
  // The window of `x` is from 3 to 7, its frame gone at 5; that of `y` begins at 11.
  ["enters when what is left over is just as long as it", 2, { offsetNs: 2, arrivesNs: 15 }, "violated"],
  ["enters when what is left over is too short by a nanosecond", 2, { offsetNs: 3, arrivesNs: 15 }, "proved"],
  // The window of `x` is from 4 to 8, its frame gone at 7; that of `y` begins at 12, at `t` at 15.
  ["enters when what will be left over is too short", 3, { offsetNs: 2, arrivesNs: 17 }, "proved"],
  ["would have to go before the gate was closed for a tick", 3, { offsetNs: 2, arrivesNs: 16 }, "violated"],
] as const)("a frame that %s", async (_title, xNs, y, verdict) => {
  expect(await verdictOf(behind(xNs, y), { granularityNs: 4 })).toMatchObject({ verdict });
});

/**
 * `y` and `z` go without waiting: of 24 ns at the port to `c` they take 5 to 7 and 19 to 21. So with a deadline of 10 the
 * first frame of `x` goes at 7 or 8 and the second at 17, 5 after its release: their latencies differ by 2 or more.
 */
const uneven = (x: Partial<Stream>, z: Partial<Stream> = {}) => [
  stream("x", { periodNs: 12, offsetNs: 0, deadlineNs: 10, ...x }),
  stream("y", { talker: "b", offsetNs: 0, deadlineNs: 7 }),
  stream("z", { talker: "b", offsetNs: 14, deadlineNs: 7, ...z }),
];

test("frames of a stream whose offsets differ keep its jitter", async () => {
  expect(await verdictOf(uneven({}))).toMatchObject({ verdict: "proved" });
  expect(await verdictOf(uneven({ maxJitterNs: 2 }))).toMatchObject({ verdict: "proved" });
  expect(await verdictOf(uneven({ maxJitterNs: 1 }))).toMatchObject({
    verdict: "violated",
    counterexample: { data: { conflictingStreams: ["x", "y", "z"], minimal: true } },
  });
});

test("jitter is that of arrivals: frames may differ more on their way", async () => {
  // At the port from `s` they still differ by 2 or more, but from `t` the second may now wait for as long as the first.
  const streams = uneven({ maxJitterNs: 0 }, { listeners: ["d"] });
  expect(await verdictOf(streams)).toMatchObject({ verdict: "proved" });
});
