import { describe, expect, test } from "vitest";
import { z } from "zod";
import { gatesOf, startsWithin } from "../../../services/tsn/gates.ts";
import type { TsnProperty } from "../../../services/tsn/offer.ts";
import { planOf } from "../../../services/tsn/plan.ts";
import { problemsOf } from "../../../services/tsn/problems.ts";
import { TsnModel, type TsnModelInput } from "../../../services/tsn/schema.ts";
import { listAtC, model, parsed, stream } from "./small.ts";

const problems = (overrides: Partial<TsnModelInput>, property: TsnProperty = "schedule-valid") =>
  problemsOf(parsed(overrides), property);

describe("structure", () => {
  test("is a JSON schema too", () => {
    const schema = z.toJSONSchema(TsnModel, { io: "input" }).$defs?.TsnModel;
    expect(schema?.required).toEqual(["nodes", "links", "streams"]);
    expect(schema?.additionalProperties).toBe(false);
  });

  test.each([
    [{ streams: [stream("x", { trafficClass: 8 })] }, ["streams", 0, "trafficClass"]],
    [{ streams: [stream("x", { frameBytes: 63 })] }, ["streams", 0, "frameBytes"]],
    [{ streams: [stream("x", { frameBytes: 2001 })] }, ["streams", 0, "frameBytes"]],
    [{ streams: [stream("x", { periodNs: 0 })] }, ["streams", 0, "periodNs"]],
    [{ streams: [stream("x", { deadlineNs: 0.5 })] }, ["streams", 0, "deadlineNs"]],
    [{ streams: [stream("x", { id: "a b" })] }, ["streams", 0, "id"]],
    [{ streams: [] }, ["streams"]],
  ])("refuses %j", (overrides, path) => {
    const result = TsnModel.safeParse(model(overrides));
    expect(result.error?.issues.map((issue) => issue.path)).toEqual([path]);
  });

  test("refuses a field that it does not know", () => {
    expect(TsnModel.safeParse({ ...model(), vlan: 1 }).success).toBe(false);
  });
});

describe("problems", () => {
  test("of a good model: none", () => {
    expect(problems({ gateControlLists: [listAtC([{ openClasses: [7], durationNs: 10_000 }])] })).toEqual([]);
    expect(problems({}, "schedule-exists")).toEqual([]);
  });

  test.each<[Partial<TsnModelInput>, string, string]>([
    [{ streams: [stream("x"), stream("x")] }, "/streams/1/id", "id x is taken by an earlier one"],
    [{ streams: [stream("x", { talker: "z" })] }, "/streams/0/talker", "there is no node z"],
    [
      { streams: [stream("x", { talker: "s" })] },
      "/streams/0/talker",
      "s is a bridge; only end stations talk and listen",
    ],
    [
      { streams: [stream("x", { listeners: ["a"] })] },
      "/streams/0/listeners/0",
      "the talker cannot listen to itself",
    ],
    [
      { streams: [stream("x", { listeners: ["c", "c"] })] },
      "/streams/0/listeners/1",
      "listener c is there already",
    ],
    [{ streams: [stream("x", { route: ["as", "zs"] })] }, "/streams/0/route/1", "there is no link zs"],
    [
      { streams: [stream("x", { route: ["as"] })] },
      "/streams/0/route",
      "no path of the route's links leads to c",
    ],
    [
      { streams: [stream("x", { route: ["as", "cs", "bs"] })] },
      "/streams/0/route",
      "the route is not a tree from the talker to its listeners: it has a loop, or links that lead to none of them",
    ],
    [
      { streams: [stream("x", { offsetNs: 10_000 })] },
      "/streams/0/offsetNs",
      "10000 is too large: less than periodNs, 10000",
    ],
    [
      { streams: [stream("x", { deadlineNs: 40_001 })] },
      "/streams/0/deadlineNs",
      "40001 is too large: at most 4 times periodNs, 10000",
    ],
    [
      { gateControlLists: [listAtC([{ openClasses: [7], durationNs: 10_001 }])] },
      "/gateControlLists/0/entries",
      "the entries last 10001 ns, longer than cycleTimeNs, 10000",
    ],
    [
      { gateControlLists: [{ ...listAtC([{ openClasses: [7], durationNs: 1 }]), link: "zs" }] },
      "/gateControlLists/0/link",
      "there is no link zs",
    ],
    [
      { gateControlLists: [{ ...listAtC([{ openClasses: [7], durationNs: 1 }]), node: "a" }] },
      "/gateControlLists/0/link",
      "link cs does not end at a",
    ],
    [
      {
        streams: [
          stream("x", { periodNs: 999_999_937, deadlineNs: 1 }),
          stream("y", { periodNs: 999_999_929, deadlineNs: 1 }),
        ],
      },
      "/streams",
      "the least common multiple of all periods and cycles exceeds 100000000000 ns; choose ones that are multiples of each other",
    ],
    [
      {
        streams: [
          stream("x", { periodNs: 1000, deadlineNs: 1000 }),
          stream("y", { periodNs: 100_000_000, deadlineNs: 1000 }),
        ],
      },
      "/streams",
      "200002 transmissions in a hyperperiod of 100000000 ns; at most 20000",
    ],
  ])("of %j", (overrides, pointer, detail) => {
    expect(problems(overrides)).toEqual([{ pointer, detail }]);
  });

  test("of lists where lists are sought", () => {
    const lists = [listAtC([{ openClasses: [7], durationNs: 1 }])];
    expect(problems({ gateControlLists: lists }, "schedule-exists")).toEqual([
      { pointer: "/gateControlLists", detail: "schedule-exists looks for the lists itself: leave them out" },
    ]);
  });

  test("of a device that cannot hold its list", () => {
    const nodes = model().nodes.map((node) =>
      node.id === "s" ? { ...node, maxGateEntries: 1, gateGranularityNs: 300 } : node,
    );
    const entries = [
      { openClasses: [7, 7], durationNs: 300 },
      { openClasses: [], durationNs: 100 },
    ];
    expect(problems({ nodes, gateControlLists: [listAtC(entries)] })).toEqual([
      { pointer: "/gateControlLists/0/entries", detail: "2 entries; s holds at most 1" },
      { pointer: "/gateControlLists/0/entries/0/openClasses", detail: "a class is there twice" },
      {
        pointer: "/gateControlLists/0/entries/1/durationNs",
        detail: "100 is no multiple of gateGranularityNs of s, 300",
      },
    ]);
  });

  test("are told up to a hundred", () => {
    const streams = Array.from({ length: 150 }, () => stream("x"));
    expect(problems({ streams })).toHaveLength(100);
  });
});

describe("routes", () => {
  test("reach all listeners as a tree", () => {
    const [plan] = planOf(parsed({ streams: [stream("x", { listeners: ["c", "b"] })] })).streams;
    expect(
      plan?.hops.map(({ port, parent, lagNs, remainingNs }) => [
        port.id,
        parent?.port.id,
        lagNs,
        remainingNs,
      ]),
    ).toEqual([
      ["a>as", undefined, 0, 1670],
      ["s>bs", "a>as", 860, 810],
      ["s>cs", "a>as", 860, 810],
    ]);
  });

  test("take the first of equally short paths", () => {
    const links = [
      { id: "second", between: ["a", "s"] as [string, string], rateMbps: 1000 },
      ...model().links,
    ];
    const [plan] = planOf(parsed({ links })).streams;
    expect(plan?.hops.map(({ port }) => port.id)).toEqual(["a>second", "s>cs"]);
  });
});

describe("windows", () => {
  const entries = [
    { openClasses: [7], durationNs: 20 },
    { openClasses: [6], durationNs: 50 },
    { openClasses: [6, 7], durationNs: 10 },
  ];

  test("join over the end of a cycle, and the last entry holds until it", () => {
    const gates = gatesOf(listAtC(entries, 100, 5));
    expect(gates.windows[7]).toEqual([{ openNs: 75, closeNs: 125 }]);
    expect(gates.windows[6]).toEqual([{ openNs: 25, closeNs: 105 }]);
    expect(gates.windows[0]).toEqual([]);
    expect(gatesOf(undefined).windows[7]).toBe("open");
  });

  test("let a frame begin as long as it ends within", () => {
    const gates = gatesOf(listAtC(entries, 100, 5));
    const starts = (durationNs: number) =>
      startsWithin(gates, { trafficClass: 7, durationNs }, { fromNs: 0, toNs: 100 });
    expect(starts(50)).toEqual([{ firstNs: 75, lastNs: 75 }]);
    expect(starts(30)).toEqual([{ firstNs: 75, lastNs: 95 }]);
    expect(starts(51)).toEqual([]);
  });
});
