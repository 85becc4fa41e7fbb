/**
 * Corners of the standard and of the proof. What holds does so to the nanosecond: each model is proved with the deadline
 * that it needs, violated with one that is a nanosecond shorter, and all of its runs agree.
 */
import { describe, expect, test } from "vitest";
import { enumerate } from "../../../services/tsn/enumeration/runs.ts";
import { planOf } from "../../../services/tsn/plan.ts";
import { problemsOf } from "../../../services/tsn/problems.ts";
import { TsnModel, type TsnModelInput } from "../../../services/tsn/schema.ts";
import { type Schedule, verifyExists, withSchedule } from "../../../services/tsn/synthesis/verify.ts";
import { validityOf, verifyValid } from "../../../services/tsn/validity/verify.ts";
import { engineContext } from "./engine.ts";
import { bytesFor, network } from "./models.ts";

type Stream = TsnModelInput["streams"][number];
type Entry = NonNullable<TsnModelInput["gateControlLists"]>[number]["entries"][number];

/** From `a` by the bridges `s`, which takes 1 ns to forward, and `t` to `c`: 2 ns on each of three links, 7 ns in all. */
const stream = (id: string, overrides: Partial<Stream> = {}): Stream => ({
  id,
  talker: "a",
  listeners: ["c"],
  trafficClass: 7,
  frameBytes: bytesFor(2),
  periodNs: 24,
  deadlineNs: 24,
  offsetNs: 0,
  ...overrides,
});

const open = (durationNs: number, ...openClasses: number[]): Entry => ({ openClasses, durationNs });

const list = (port: string, cycleTimeNs: number, entries: Entry[], baseTimeNs = 0) => {
  const [node = "", link = ""] = port.split(">");
  return { node, link, cycleTimeNs, baseTimeNs, entries };
};

interface Corner {
  readonly title: string;
  /** Latency of stream `x` in its worst run. */
  readonly needsNs: number;
  readonly network?: Parameters<typeof network>[0];
  readonly x?: Partial<Stream>;
  readonly others?: Stream[];
  readonly lists?: NonNullable<TsnModelInput["gateControlLists"]>;
  readonly wireOverheadBytes?: number;
}

const corners: Corner[] = [
  { title: "a frame alone", needsNs: 7 },
  { title: "store and forward with propagation", needsNs: 10, network: { propagationDelayNs: 1 } },
  // 100 + 20 bytes: 2.4 ns at each port, rounded up to 3.
  { title: "overhead on the wire, rounded up at each port", needsNs: 10, wireOverheadBytes: 20 },
  { title: "a slower link", needsNs: 9, network: { ratesMbps: { st: 200_000 } } },
  {
    title: "three frames that enter one queue at one instant, in any order",
    needsNs: 11,
    others: [stream("y"), stream("z")],
  },
  {
    title: "three frames from three sides that enter one queue at one instant",
    needsNs: 11,
    x: { listeners: ["c"] },
    others: [stream("y", { talker: "b" }), stream("z", { talker: "d", offsetNs: 3 })],
  },
  {
    title: "a lower class that has begun is not interrupted",
    needsNs: 10,
    x: { offsetNs: 1 },
    others: [stream("low", { trafficClass: 1, frameBytes: bytesFor(4), listeners: ["b"] })],
  },
  {
    // The second of the lower class waits, too: only the first is in the way.
    title: "a higher class goes before one that waits",
    needsNs: 8,
    x: { offsetNs: 1 },
    others: ["low", "lower"].map((id) => stream(id, { trafficClass: 1, listeners: ["b"] })),
  },
  {
    title: "a higher class goes first",
    needsNs: 11,
    x: { trafficClass: 5 },
    others: [stream("high", { frameBytes: bytesFor(4), listeners: ["b"] })],
  },
  {
    // It enters at 3; in 3..4 no frame fits, so it goes at 12.
    title: "a window that ends one nanosecond too early",
    needsNs: 16,
    lists: [list("s>st", 12, [open(4, 7), open(8, 6)])],
  },
  {
    title: "a window that is just long enough",
    needsNs: 7,
    lists: [list("s>st", 12, [open(5, 7), open(7, 6)])],
  },
  {
    title: "a window over the end of the cycle",
    needsNs: 7,
    x: { offsetNs: 8 },
    lists: [list("s>st", 12, [open(1, 7), open(10, 6), open(1, 7)])],
  },
  {
    title: "adjacent entries with the same gate open",
    needsNs: 7,
    lists: [list("s>st", 12, [open(3, 6), open(1, 7), open(1, 7, 5), open(7, 6)])],
  },
  {
    // The list begins anew at 2: open from 4 to 6.
    title: "a base time of more than one cycle",
    needsNs: 8,
    lists: [list("s>st", 12, [open(2, 6), open(2, 7), open(8, 6)], 62)],
  },
  {
    // Enters `s` at 3, is sent at 8; enters `t` at 10, is sent at 12.
    title: "cycles that differ between ports",
    needsNs: 14,
    lists: [list("s>st", 8, [open(2, 7), open(6)]), list("t>ct", 6, [open(2, 7), open(4)])],
  },
  {
    // Frame 0 is handed over at 8 and enters `s` at 11, where the gate closes until 31; frame 1 comes and waits behind it.
    title: "a deadline beyond the period",
    needsNs: 27,
    x: { periodNs: 12, offsetNs: 8 },
    lists: [list("s>st", 24, [open(4, 7), open(20)], 7)],
  },
  { title: "a late talker", needsNs: 10, x: { releaseDelayNs: 3 } },
  { title: "a talker whose clock is behind", needsNs: 9, network: { syncErrorsNs: { a: 2 } } },
  {
    // With the clock of `a` 1 behind it enters `s` at 4; with that of `s` 2 ahead it had to begin by 3, and next does at 10.
    title: "clock errors at both ends of a link",
    needsNs: 14,
    network: { syncErrorsNs: { a: 1, s: 2 } },
    lists: [list("s>st", 12, [open(7, 7), open(5)])],
  },
  {
    title: "the farther of two listeners",
    needsNs: 9,
    x: { listeners: ["b", "c"] },
    others: [stream("y", { talker: "d", offsetNs: 3 })],
  },
];

const modelOf = (corner: Corner, deadlineNs: number) =>
  TsnModel.parse({
    ...network(corner.network),
    wireOverheadBytes: corner.wireOverheadBytes ?? 0,
    streams: [{ ...stream("x", corner.x), deadlineNs }, ...(corner.others ?? [])],
    gateControlLists: corner.lists ?? [],
  });

function enumerated(model: TsnModel, hyperperiods = 1) {
  const { hyperperiodNs } = planOf(model);
  const judgedUntilNs = hyperperiods * hyperperiodNs;
  const longest = Math.max(...model.streams.map(({ deadlineNs }) => deadlineNs));
  const span = { judgedUntilNs, untilNs: judgedUntilNs + longest, hyperperiodNs };
  return enumerate(model, span, { ticks: 20_000_000, signal: new AbortController().signal }).result;
}

describe("the least deadline is proved, and one nanosecond less is violated", () => {
  test.each(corners)("$title", async (corner) => {
    const kept = modelOf(corner, corner.needsNs);
    expect(problemsOf(kept, "schedule-valid")).toEqual([]);
    expect(enumerated(kept)).toBe("holds");
    expect(await verifyValid(kept, engineContext())).toMatchObject({ verdict: "proved" });
    const broken = modelOf(corner, corner.needsNs - 1);
    expect(enumerated(broken)).toBe("breaks");
    expect(await verifyValid(broken, engineContext())).toMatchObject({ verdict: "violated" });
  });
});

describe("the least jitter is proved, and one nanosecond less is violated", () => {
  const judged = async (x: Partial<Stream>, others: Stream[] = []) => {
    const streams = [stream("x", { periodNs: 12, ...x }), ...others];
    const model = TsnModel.parse({ ...network(), wireOverheadBytes: 0, streams });
    expect(enumerated(model, 2)).toBe((await validityOf(planOf(model), engineContext())).result);
    return (await verifyValid(model, engineContext())).verdict;
  };

  test.each([
    ["a talker is late at times", { releaseDelayNs: 1 }, 1, []],
    [
      "only every other frame meets another stream, at two ports",
      {},
      5,
      [stream("y", { frameBytes: bytesFor(3) })],
    ],
  ] as const)("%s", async (_title, x, jitterNs, others) => {
    expect(await judged({ ...x, maxJitterNs: jitterNs }, [...others])).toBe("proved");
    expect(await judged({ ...x, maxJitterNs: jitterNs - 1 }, [...others])).toBe("violated");
  });
});

describe("what the first hyperperiods do not show", () => {
  test("a queue that grows by a frame in each hyperperiod is not proved", async () => {
    // Of 13 frames in 26 ns the window lets 12 go: with deadlines of four periods that takes some hyperperiods to show.
    const model = TsnModel.parse({
      ...network(),
      wireOverheadBytes: 0,
      streams: [stream("x", { periodNs: 24, deadlineNs: 96 }), stream("y", { periodNs: 24, deadlineNs: 96 })],
      gateControlLists: [list("s>st", 24, [open(3, 7), open(21)])],
    });
    expect((await validityOf(planOf(model), engineContext())).result).not.toBe("holds");
  });
});

describe("schedules", () => {
  const exists = (input: Partial<TsnModelInput> & Pick<TsnModelInput, "streams">, differences = {}) =>
    verifyExists(
      TsnModel.parse({ ...network(differences), wireOverheadBytes: 0, ...input }),
      engineContext(),
    );

  test("are counted in ticks from any base time", async () => {
    const streams = [stream("x", { listeners: ["b"], deadlineNs: 5 })];
    const verdict = await exists({ streams }, { granularityNs: 2 });
    if (verdict.verdict !== "proved") throw new Error(JSON.stringify(verdict));
    const model = TsnModel.parse({ ...network({ granularityNs: 2 }), wireOverheadBytes: 0, streams });
    const scheduled = withSchedule(model, verdict.evidence as unknown as Schedule);
    expect(problemsOf(scheduled, "schedule-valid")).toEqual([]);
    expect((await validityOf(planOf(scheduled), engineContext())).result).toBe("holds");
    expect(verdict.claim).toMatch(/^A schedule exists for stream x: /);
  });

  test("are not refused because the lists that are looked for are too long", async () => {
    // One window of 2 ns in a cycle of 12 would do for both.
    const tight = { listeners: ["b"], deadlineNs: 5 };
    const streams = [stream("x", tight), stream("y", { ...tight, offsetNs: 12 })];
    expect(await exists({ streams }, { maxGateEntries: 2 })).toMatchObject({
      verdict: "unknown",
      reason: { code: "undecided" },
    });
    expect(await exists({ streams }, { maxGateEntries: 4 })).toMatchObject({ verdict: "proved" });
  });

  // `x` waits nowhere and `y` meets it at the port from `s` to `t`. As `w` comes right after `y`, `y` cannot wait before.
  const w = (offsetNs: number) => stream("w", { talker: "b", listeners: ["a"], offsetNs, deadlineNs: 5 });
  test.each([
    ["may have two frames in one queue, if in the order of their windows", 0, 1, 8, "proved"],
    ["do not have two frames enter a queue at one instant", 0, 0, 9, "violated"],
    ["do not have a frame overtake one of its queue", 1, 0, 10, "violated"],
  ] as const)("%s", async (_title, x, y, deadlineNs, verdict) => {
    const streams = [
      stream("x", { offsetNs: x, deadlineNs: 7 }),
      stream("y", { talker: "b", offsetNs: y, deadlineNs }),
      w(y + 2),
    ];
    expect(await exists({ streams })).toMatchObject({ verdict });
  });

  test("leave room for clock errors before a window and after it", async () => {
    const needing = (deadlineNs: number) =>
      exists({ streams: [stream("x", { deadlineNs })] }, { syncErrorsNs: { t: 2 } });
    expect(await needing(11)).toMatchObject({ verdict: "proved" });
    expect(await needing(10)).toMatchObject({ verdict: "violated" });
  });

  test("are refused for what has nothing to do with the length of lists, even where lists are short", async () => {
    const streams = [stream("x", { deadlineNs: 7 }), stream("y", { talker: "b", deadlineNs: 7 })];
    const verdict = await exists({ streams }, { maxGateEntries: 2 });
    expect(verdict).toMatchObject({
      verdict: "violated",
      counterexample: { data: { conflictingStreams: ["x", "y"], minimal: true } },
    });
  });

  test("may repeat after more than a second, and are submissions even then", async () => {
    const periods = [600_000_000, 400_000_000].map((periodNs, index) =>
      stream(`x${index}`, { periodNs, deadlineNs: 10, offsetNs: 10 * index }),
    );
    const verdict = await exists({ streams: periods });
    if (verdict.verdict !== "proved") throw new Error(JSON.stringify(verdict));
    const input = { ...network(), wireOverheadBytes: 0, streams: periods };
    const { gateControlLists } = verdict.evidence as unknown as Schedule;
    const submitted = TsnModel.parse({ ...input, gateControlLists });
    expect(submitted.gateControlLists.map(({ cycleTimeNs }) => cycleTimeNs)).toContain(1_200_000_000);
    expect((await verifyValid(submitted, engineContext())).verdict).toBe("proved");
  });

  test("of one stream that cannot be are told in the singular", async () => {
    expect(await exists({ streams: [stream("x", { deadlineNs: 6 })] })).toMatchObject({
      verdict: "violated",
      counterexample: { summary: "stream x has none by itself." },
    });
  });
});
