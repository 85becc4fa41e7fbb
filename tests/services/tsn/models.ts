/** Small models with short times, so that all of their runs and schedules can be tried. */
import fc from "fast-check";
import { TsnModel, type TsnModelInput } from "../../../services/tsn/schema.ts";

/** Models of each property-based test that runs the engine: few by default, as many as `SOAK_RUNS` says to search longer. */
export const runs = wholeNumber("SOAK_RUNS", 50);

/**
 * Settings of fast-check: the same models each time, unless `SOAK_SEED` says otherwise. A failure is told at once, with
 * seed and model; to make the model smaller would take hundreds of runs of the engine.
 */
export const fixed = { seed: wholeNumber("SOAK_SEED", 20_260_401), numRuns: runs, endOnFailure: true };

function wholeNumber(name: "SOAK_RUNS" | "SOAK_SEED", standard: number): number {
  const text = process.env[name] ?? `${standard}`;
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${name} is "${text}"; it must be a whole number`);
  return Number(text);
}

/** Bytes of a frame that passes a link of 400 Gbit/s in so many nanoseconds, nothing being added to it. */
export const bytesFor = (ns: number) => ns * 50;

const ends = ["a", "b", "c", "d"] as const;

/** What differs from a network of exact clocks and equal links. */
interface Differences {
  readonly syncErrorsNs?: Readonly<Record<string, number>>;
  /** Of the bridges. */
  readonly granularityNs?: number;
  readonly maxGateEntries?: number;
  /** By link; 400 Gbit/s when left out. */
  readonly ratesMbps?: Readonly<Record<string, number>>;
  /** Of all links. */
  readonly propagationDelayNs?: number;
}

/** Two bridges in a row, two end stations at each. */
export function network(overrides: Differences = {}) {
  const device = (id: string, kind: "end-station" | "bridge", processingDelayNs: number) => ({
    id,
    kind,
    processingDelayNs,
    syncErrorNs: overrides.syncErrorsNs?.[id] ?? 0,
    gateGranularityNs: kind === "bridge" ? (overrides.granularityNs ?? 1) : 1,
    maxGateEntries: kind === "bridge" ? (overrides.maxGateEntries ?? 1024) : 1024,
  });
  const link = (id: string, from: string, to: string) => ({
    id,
    between: [from, to] as [string, string],
    rateMbps: overrides.ratesMbps?.[id] ?? 400_000,
    propagationDelayNs: overrides.propagationDelayNs ?? 0,
  });
  return {
    wireOverheadBytes: 0,
    nodes: [
      ...ends.map((id) => device(id, "end-station", 0)),
      device("s", "bridge", 1),
      device("t", "bridge", 0),
    ],
    links: [
      link("as", "a", "s"),
      link("bs", "b", "s"),
      link("st", "s", "t"),
      link("ct", "c", "t"),
      link("dt", "d", "t"),
    ],
  };
}

const periods = fc.constantFrom([12], [24], [12, 24], [12, 36], [20, 40], [8, 12]);

const syncErrors = fc.oneof(
  fc.constant({}),
  fc.record({ s: fc.integer({ min: 0, max: 1 }), a: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ t: fc.integer({ min: 0, max: 2 }) }),
);

const links = fc.record({
  ratesMbps: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.record({ st: fc.constantFrom(200_000, 300_000), ct: fc.constantFrom(400_000, 250_000) }),
    },
    { weight: 1, arbitrary: fc.constant({ as: 200_000 }) },
  ),
  propagationDelayNs: fc.constantFrom(0, 0, 1, 2),
});

function streamsOf(options: {
  classes: number[];
  offsets: boolean;
  delays: boolean;
  most: number;
  leastDeadline: number;
}) {
  return periods.chain((allowed) =>
    fc.array(
      fc
        .record({
          talker: fc.constantFrom(...ends),
          others: fc.shuffledSubarray([...ends], { minLength: 2, maxLength: 3 }),
          trafficClass: fc.constantFrom(...options.classes),
          duration: fc.integer({ min: 2, max: 4 }),
          periodNs: fc.constantFrom(...allowed),
          deadline: fc.integer({ min: options.leastDeadline, max: 220 }),
          offset: options.offsets ? fc.integer({ min: 0, max: 7 }) : fc.constant(undefined),
          releaseDelayNs: options.delays ? fc.constantFrom(0, 0, 0, 0, 0, 1, 2) : fc.constant(0),
          jitter: fc.constantFrom(undefined, undefined, undefined, 0, 1, 4),
        })
        .map(({ talker, others, duration, deadline, offset, jitter, ...rest }) => ({
          ...rest,
          talker,
          listeners: others.filter((each) => each !== talker).slice(0, 2),
          frameBytes: bytesFor(duration),
          deadlineNs: Math.max(1, Math.round((rest.periodNs * deadline) / 100)),
          ...(offset === undefined ? {} : { offsetNs: offset % rest.periodNs }),
          ...(jitter === undefined ? {} : { maxJitterNs: jitter }),
        })),
      { minLength: 1, maxLength: options.most },
    ),
  );
}

const lists = fc.array(
  fc.record({
    port: fc.constantFrom("a>as", "b>bs", "s>st", "t>st", "t>ct", "t>dt", "s>as", "s>bs"),
    cycleTimeNs: fc.constantFrom(4, 6, 8, 12, 12, 24),
    baseTimeNs: fc.integer({ min: 0, max: 30 }),
    entries: fc.array(
      fc.record({
        openClasses: fc.subarray([6, 7], { minLength: 1 }),
        durationNs: fc.integer({ min: 1, max: 6 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { maxLength: 4 },
);

/** Models with offsets and, at some ports, gate control lists. */
export const givenSchedules = fc
  .record({
    syncErrorsNs: syncErrors,
    links,
    streams: streamsOf({ classes: [6, 7], offsets: true, delays: true, most: 4, leastDeadline: 40 }),
    lists,
  })
  .map(({ syncErrorsNs, links, streams, lists }): TsnModel => {
    const gateControlLists = [...new Map(lists.map((list) => [list.port, list])).values()]
      .filter(
        ({ cycleTimeNs, entries }) =>
          entries.reduce((sum, { durationNs }) => sum + durationNs, 0) <= cycleTimeNs,
      )
      .map(({ port, ...list }) => {
        const [node = "", link = ""] = port.split(">");
        return { node, link, ...list };
      });
    return modelOf({ ...network({ syncErrorsNs, ...links }), streams: named(streams), gateControlLists });
  });

function named<T>(streams: readonly T[]) {
  return streams.map((stream, index) => ({ id: `stream-${index}`, ...stream }));
}

function modelOf(input: TsnModelInput): TsnModel {
  return TsnModel.parse(input);
}

/** Models without lists, of which some have a schedule. */
export const soughtSchedules = fc
  .record({
    syncErrorsNs: syncErrors,
    links,
    granularityNs: fc.constantFrom(1, 1, 1, 2, 4),
    maxGateEntries: fc.constantFrom(1024, 1024, 1024, 4, 6),
    streams: streamsOf({ classes: [6, 7, 7], offsets: false, delays: true, most: 4, leastDeadline: 100 }),
    offsets: fc.array(fc.constantFrom(undefined, undefined, 0, 3), { minLength: 4, maxLength: 4 }),
  })
  .map(({ syncErrorsNs, links, granularityNs, maxGateEntries, streams, offsets }): TsnModel => {
    const placed = streams.map((stream, index) => {
      const offsetNs = offsets[index];
      return offsetNs === undefined ? stream : { ...stream, offsetNs };
    });
    return modelOf({
      ...network({ syncErrorsNs, granularityNs, maxGateEntries, ...links }),
      streams: named(placed),
    });
  });
