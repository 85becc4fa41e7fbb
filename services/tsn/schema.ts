/**
 * What a model of the TSN standard looks like: a network of IEEE 802.1Qbv devices, its streams and, where they are
 * given, its gate control lists. Times are whole nanoseconds, sizes whole bytes, rates whole megabits per second.
 * Only structure is checked here; what a structure cannot say is found by `problems.ts`.
 */
import { z } from "zod";

/** How large a model may be. Beyond this a model is refused, so that no submission can take a verifier down. */
export const limits = {
  nodes: 200,
  links: 400,
  streams: 500,
  listeners: 64,
  gateControlLists: 800,
  entriesPerList: 4096,
  /** Longest period, deadline or offset: one second. */
  timeNs: 1_000_000_000,
  /** Least common multiple of all periods and cycles, and so the longest cycle: one hundred seconds. */
  hyperperiodNs: 100_000_000_000,
  /** Transmissions (a frame on one link) in one hyperperiod. */
  transmissions: 20_000,
  /** Gate changes of all lists in one hyperperiod. */
  gateChanges: 200_000,
  /** Times that a stream's deadline may exceed its period. */
  deadlineInPeriods: 4,
} as const;

const id = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/);
const time = z.int().min(0).max(limits.timeNs);
const positiveTime = z.int().min(1).max(limits.timeNs);

const Node = z
  .strictObject({
    id,
    kind: z
      .enum(["end-station", "bridge"])
      .meta({ description: "Only a bridge forwards; only an end station talks and listens" }),
    processingDelayNs: z.int().min(0).max(1_000_000).default(0).meta({
      description:
        "From the complete reception of a frame to its place in the queue of the egress port (bridges)",
    }),
    syncErrorNs: z.int().min(0).max(100_000).default(0).meta({
      description: "Largest difference between the device's clock and the network's time, in both directions",
    }),
    maxGateEntries: z
      .int()
      .min(1)
      .max(limits.entriesPerList)
      .default(1024)
      .meta({ description: "Entries that the gate control list of one port can have (SupportedListMax)" }),
    gateGranularityNs: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .meta({ description: "Duration of every entry of a list is a multiple of it (TickGranularity)" }),
  })
  .meta({ id: "TsnNode" });

const Link = z
  .strictObject({
    id,
    between: z.tuple([id, id]).meta({ description: "The two nodes; the link is full duplex" }),
    rateMbps: z.int().min(1).max(400_000),
    propagationDelayNs: z.int().min(0).max(1_000_000).default(0),
  })
  .meta({ id: "TsnLink" });

const trafficClass = z.int().min(0).max(7);

const Stream = z
  .strictObject({
    id,
    talker: id,
    listeners: z.array(id).min(1).max(limits.listeners),
    route: z.array(id).min(1).max(limits.links).optional().meta({
      description:
        "Ids of the links that the stream takes, in any order: a tree from the talker to its listeners. Left out: to each listener the path of fewest links; among those the one whose links come first in `links`, the first link counting first",
    }),
    trafficClass: trafficClass.meta({
      description: "Queue of every port that the stream waits in; 7 is sent first",
    }),
    frameBytes: z.int().min(64).max(2000).meta({
      description: "One frame per period: from destination address to frame check sequence, tags included",
    }),
    periodNs: positiveTime,
    offsetNs: time.optional().meta({
      description:
        "Release of the first frame, less than the period. Left out: 0 for given gate control lists; chosen when a schedule is sought",
    }),
    releaseDelayNs: time.default(0).meta({
      description: "How late the talker may hand a frame to its port, each time anew",
    }),
    deadlineNs: positiveTime.meta({
      description: "From the planned release, in the network's time, to complete reception by every listener",
    }),
    maxJitterNs: time.optional().meta({
      description:
        "How much the latency at one listener may differ between frames that are released at most one hyperperiod apart",
    }),
  })
  .meta({ id: "TsnStream" });

const cycleTime = z.int().min(1).max(limits.hyperperiodNs);

const GateControlList = z
  .strictObject({
    node: id,
    link: id.meta({ description: "With `node`: the egress port that the list controls" }),
    baseTimeNs: z
      .int()
      .min(0)
      .max(limits.hyperperiodNs)
      .default(0)
      .meta({ description: "A time at which a cycle begins (AdminBaseTime)" }),
    cycleTimeNs: cycleTime,
    entries: z
      .array(
        z.strictObject({
          openClasses: z
            .array(trafficClass)
            .max(8)
            .meta({ description: "Traffic classes whose gates are open; all others are closed" }),
          durationNs: cycleTime,
        }),
      )
      .min(1)
      .max(limits.entriesPerList)
      .meta({
        description: "In order. When they are shorter than the cycle, the last one holds until its end",
      }),
  })
  .meta({ id: "TsnGateControlList" });

/** A model of the TSN standard, as submitted. */
export const TsnModel = z
  .strictObject({
    wireOverheadBytes: z.int().min(0).max(64).default(20).meta({
      description:
        "Bytes that a frame takes on the wire besides itself: 8 of preamble and start delimiter, 12 of gap between packets",
    }),
    nodes: z.array(Node).min(2).max(limits.nodes),
    links: z.array(Link).min(1).max(limits.links),
    streams: z.array(Stream).min(1).max(limits.streams),
    gateControlLists: z.array(GateControlList).max(limits.gateControlLists).default([]).meta({
      description: "At most one for an egress port; the gates of a port without one are always open",
    }),
  })
  .meta({ id: "TsnModel" });

/** A model with its defaults filled in. */
export type TsnModel = z.output<typeof TsnModel>;
export type TsnNode = z.output<typeof Node>;
export type TsnLink = z.output<typeof Link>;
export type TsnStream = z.output<typeof Stream>;
export type TsnGateControlList = z.output<typeof GateControlList>;

/** A model as people write it. */
export type TsnModelInput = z.input<typeof TsnModel>;

/** What the network is free to do in one run: how far clocks are off, how late talkers are, which of two is first. */
export interface Scenario {
  /** By node: its clock shows the network's time minus this. Left out: 0. */
  readonly clockErrorsNs: Readonly<Record<string, number>>;
  /** By `STREAM#INSTANCE`: how late that frame is handed over. Left out: 0. */
  readonly releaseDelaysNs: Readonly<Record<string, number>>;
  /** By `NODE>LINK`: frames as `STREAM#INSTANCE`. Of those that enter a queue at one instant, the first here enters first. */
  readonly queueOrder: Readonly<Record<string, readonly string[]>>;
}
