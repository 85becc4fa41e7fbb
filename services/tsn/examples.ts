/** Models that work as they are: one for each verdict of each property. */
import type { Example } from "../verifier/standard.ts";
import type { TsnModelInput } from "./schema.ts";

/** A sensor and a camera at one bridge, a controller at the next, 1 Gbit/s everywhere. */
const network = {
  nodes: [
    { id: "sensor", kind: "end-station", syncErrorNs: 50 },
    { id: "camera", kind: "end-station", syncErrorNs: 50 },
    { id: "controller", kind: "end-station" },
    { id: "cell", kind: "bridge", processingDelayNs: 1000, syncErrorNs: 50 },
    { id: "line", kind: "bridge", processingDelayNs: 1000, syncErrorNs: 50 },
  ],
  links: [
    { id: "sensor-cell", between: ["sensor", "cell"], rateMbps: 1000, propagationDelayNs: 100 },
    { id: "camera-cell", between: ["camera", "cell"], rateMbps: 1000, propagationDelayNs: 100 },
    { id: "cell-line", between: ["cell", "line"], rateMbps: 1000, propagationDelayNs: 100 },
    { id: "line-controller", between: ["line", "controller"], rateMbps: 1000, propagationDelayNs: 100 },
  ],
} satisfies Partial<TsnModelInput>;

const position = {
  id: "position",
  talker: "sensor",
  listeners: ["controller"],
  trafficClass: 7,
  frameBytes: 105,
  periodNs: 100_000,
  deadlineNs: 50_000,
  maxJitterNs: 500,
} satisfies TsnModelInput["streams"][number];

const image = {
  id: "image",
  talker: "camera",
  listeners: ["controller"],
  trafficClass: 6,
  frameBytes: 1480,
  periodNs: 200_000,
  deadlineNs: 200_000,
} satisfies TsnModelInput["streams"][number];

/** One frame of `position` takes 1000 ns, one of `image` 12000 ns. At both bridges each class has a window of its own. */
const lists = (positionWindowNs: number) =>
  [
    { node: "cell", link: "cell-line", baseTimeNs: 2_500 },
    { node: "line", link: "line-controller", baseTimeNs: 5_000 },
  ].map((port) => ({
    ...port,
    cycleTimeNs: 100_000,
    entries: [
      { openClasses: [7], durationNs: positionWindowNs },
      { openClasses: [0, 1, 2, 3, 4, 5], durationNs: 37_500 - positionWindowNs },
      { openClasses: [6], durationNs: 20_000 },
      { openClasses: [0, 1, 2, 3, 4, 5], durationNs: 42_500 },
    ],
  }));

const given = (positionWindowNs: number): TsnModelInput => ({
  ...network,
  streams: [position, { ...image, offsetNs: 10_000 }],
  gateControlLists: lists(positionWindowNs),
});

/** Two streams that reach one port at one time and may not wait there, and one that is innocent. */
const rushed = (id: string, talker: string): TsnModelInput["streams"][number] => ({
  ...position,
  id,
  talker,
  offsetNs: 0,
  deadlineNs: 6_000,
});

/** Examples of the standard TSN. */
export const examples = [
  {
    title: "A schedule for a sensor and a camera is found",
    property: "schedule-exists",
    model: { ...network, streams: [position, image] },
  },
  {
    title: "Two of three streams cannot be scheduled together",
    property: "schedule-exists",
    model: { ...network, streams: [rushed("left", "sensor"), rushed("right", "camera"), image] },
  },
  { title: "Given gate control lists keep all deadlines", property: "schedule-valid", model: given(1_200) },
  { title: "A window is shorter than its frame", property: "schedule-valid", model: given(900) },
] as const satisfies readonly (Example & { model: TsnModelInput })[];
