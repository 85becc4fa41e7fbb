import { describe, expect, test } from "vitest";
import { tryOrders } from "../../../services/tsn/enumeration/orders.ts";
import { enumerate } from "../../../services/tsn/enumeration/runs.ts";
import type { Scenario, TsnModelInput } from "../../../services/tsn/schema.ts";
import { breaches } from "../../../services/tsn/simulator/judge.ts";
import { nominal } from "../../../services/tsn/simulator/scenarios.ts";
import { simulate } from "../../../services/tsn/simulator/simulate.ts";
import { listAtC, parsed, stream } from "./small.ts";

const span = { judgedUntilNs: 5_000, untilNs: 9_000, hyperperiodNs: 10_000 };

/** What was sent: frame, port, entry, start. */
function sent(overrides: Partial<TsnModelInput>, scenario: Partial<Scenario> = {}) {
  const { passages } = simulate(parsed(overrides), { ...nominal, ...scenario }, span);
  return passages.map((p) => [`${p.stream}#${p.instance}`, p.port, p.enteredNs, p.startNs]);
}

describe("simulator", () => {
  test("forwards a frame once it is received whole", () => {
    expect(sent({})).toEqual([
      ["x#0", "a>as", 0, 0],
      ["x#0", "s>cs", 860, 860],
    ]);
  });

  test("waits for a window that is long enough", () => {
    const short = { openClasses: [7], durationNs: 1659 };
    const closed = { openClasses: [], durationNs: 341 };
    const window = { openClasses: [7], durationNs: 800 };
    const rest = { openClasses: [], durationNs: 1 };
    expect(sent({ gateControlLists: [listAtC([short, closed, window, rest])] }).at(1)).toEqual([
      "x#0",
      "s>cs",
      860,
      2000,
    ]);
    const enough = { openClasses: [7], durationNs: 1660 };
    expect(sent({ gateControlLists: [listAtC([enough, closed])] }).at(1)).toEqual(["x#0", "s>cs", 860, 860]);
  });

  test("shifts gates with the clock of their device, and releases with that of the talker", () => {
    const gateControlLists = [
      listAtC([
        { openClasses: [], durationNs: 2000 },
        { openClasses: [7], durationNs: 8000 },
      ]),
    ];
    expect(sent({ gateControlLists }, { clockErrorsNs: { s: 3, a: -2 } })).toEqual([
      ["x#0", "a>as", -2, -2],
      ["x#0", "s>cs", 858, 2003],
    ]);
  });

  test("sends the higher class first, but interrupts nothing", () => {
    const streams = [
      stream("low", { trafficClass: 1, offsetNs: 0 }),
      stream("high", { offsetNs: 10 }),
      stream("lower", { trafficClass: 0, offsetNs: 5 }),
    ];
    expect(sent({ streams }).filter(([, port]) => port === "a>as")).toEqual([
      ["low#0", "a>as", 0, 0],
      ["lower#0", "a>as", 5, 1600],
      ["high#0", "a>as", 10, 800],
    ]);
  });

  test("lets frames enter a queue at one instant in the order of the scenario", () => {
    const streams = [stream("x"), stream("y", { talker: "b" })];
    const startsAtC = (queueOrder: Scenario["queueOrder"]) =>
      Object.fromEntries(
        sent({ streams }, { queueOrder }).flatMap(([frame, port, , start]) =>
          port === "s>cs" ? [[frame, start]] : [],
        ),
      );
    expect(startsAtC({ "s>cs": ["x#0", "y#0"] })).toEqual({ "x#0": 860, "y#0": 1660 });
    expect(startsAtC({ "s>cs": ["y#0", "x#0"] })).toEqual({ "x#0": 1660, "y#0": 860 });
  });

  test("copies a frame to each listener", () => {
    const { deliveries } = simulate(
      parsed({ streams: [stream("x", { listeners: ["c", "b"], offsetNs: 100 })] }),
      nominal,
      span,
    );
    expect(deliveries).toEqual([
      { stream: "x", instance: 0, listener: "c", atNs: 1770, latencyNs: 1670 },
      { stream: "x", instance: 0, listener: "b", atNs: 1770, latencyNs: 1670 },
    ]);
  });
});

describe("judgement", () => {
  const judge = (overrides: Partial<TsnModelInput>, scenario: Partial<Scenario> = {}) => {
    const model = parsed(overrides);
    const long = { ...span, judgedUntilNs: 20_000, untilNs: 40_000 };
    return breaches(model, simulate(model, { ...nominal, ...scenario }, long), long);
  };

  test("a frame is in time to the nanosecond", () => {
    expect(judge({ streams: [stream("x", { deadlineNs: 1670 })] })).toEqual([]);
    expect(judge({ streams: [stream("x", { deadlineNs: 1669 })] }).at(0)).toEqual({
      kind: "deadline",
      stream: "x",
      instance: 0,
      listener: "c",
      dueNs: 1669,
      atNs: 1670,
    });
  });

  test("latencies differ by the jitter at most", () => {
    const late = { releaseDelaysNs: { "x#1": 7 } };
    const streams = (maxJitterNs: number) => [stream("x", { releaseDelayNs: 7, maxJitterNs })];
    expect(judge({ streams: streams(7) }, late)).toEqual([]);
    expect(judge({ streams: streams(6) }, late)).toEqual([
      { kind: "jitter", stream: "x", instances: [0, 1], listener: "c", differenceNs: 7 },
    ]);
  });
});

describe("enumeration of runs", () => {
  const all = (overrides: Partial<TsnModelInput>, ticks = 1_000_000) =>
    enumerate(parsed(overrides), span, { ticks, signal: new AbortController().signal });

  test("tries clock errors, delays and orders", () => {
    const nodes = parsed().nodes.map((node) => ({ ...node, syncErrorNs: node.id === "s" ? 2 : 0 }));
    const streams = [stream("x", { releaseDelayNs: 1 }), stream("y", { talker: "b" })];
    // Five clocks of `s`; with the frames at one instant two orders, one otherwise.
    expect(all({ nodes, streams })).toEqual({ result: "holds", runs: 5 * (2 + 1) });
  });

  test("finds the one order that is late", () => {
    const streams = [stream("x", { deadlineNs: 1670 }), stream("y", { talker: "b" })];
    expect(all({ streams })).toMatchObject({
      result: "breaks",
      breach: { kind: "deadline", stream: "x", dueNs: 1670, atNs: 2470 },
      scenario: { queueOrder: { "s>cs": ["y#0", "x#0"] } },
    });
  });

  test("gives up", () => {
    expect(all({}, 10)).toEqual({ result: "too-many" });
  });
});

describe("enumeration of orders", () => {
  const orders = (overrides: Partial<TsnModelInput>, steps = 10_000) =>
    tryOrders(parsed(overrides), 10_000, steps);
  const two = (waitNs: number) => ({
    streams: [
      stream("x", { deadlineNs: 1670 + waitNs, offsetNs: 0 }),
      stream("y", { talker: "b", deadlineNs: 1670 + waitNs, offsetNs: 0 }),
    ],
  });

  test("finds room to the nanosecond", () => {
    // The first passes at once; the second enters 1 ns later and waits 799 ns more.
    expect(orders(two(800))).toBe("schedulable");
    expect(orders(two(799))).toBe("unschedulable");
  });

  test("fills a port to the brim", () => {
    const streams = (count: number) =>
      Array.from({ length: count }, (_, i) => stream(`x${i}`, { frameBytes: 312 }));
    expect(orders({ streams: streams(4) })).toBe("schedulable");
    expect(orders({ streams: [stream("x", { frameBytes: 1251 })] })).toBe("unschedulable");
  });

  test("gives up", () => {
    expect(orders(two(799), 1)).toBe("too-many");
  });
});
