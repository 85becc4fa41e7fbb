/** A model that is easily reckoned with: 1 bit per nanosecond, nothing added to frames, one bridge. */
import { TsnModel, type TsnModelInput } from "../../../services/tsn/schema.ts";

type StreamInput = TsnModelInput["streams"][number];

/** A stream from `a` to `c` of 100 bytes, 800 ns, every 10 000 ns. */
export function stream(id: string, overrides: Partial<StreamInput> = {}): StreamInput {
  return {
    id,
    talker: "a",
    listeners: ["c"],
    trafficClass: 7,
    frameBytes: 100,
    periodNs: 10_000,
    deadlineNs: 10_000,
    ...overrides,
  };
}

/** End stations `a`, `b`, `c` at bridge `s`, which takes 50 ns to forward. Links `as`, `bs`, `cs` take 10 ns. */
export function model(overrides: Partial<TsnModelInput> = {}): TsnModelInput {
  return {
    wireOverheadBytes: 0,
    nodes: [
      ...["a", "b", "c"].map((id) => ({ id, kind: "end-station" as const })),
      { id: "s", kind: "bridge", processingDelayNs: 50 },
    ],
    links: ["a", "b", "c"].map((id) => ({
      id: `${id}s`,
      between: [id, "s"] as [string, string],
      rateMbps: 1000,
      propagationDelayNs: 10,
    })),
    streams: [stream("x")],
    ...overrides,
  };
}

/** The same with defaults filled in. */
export const parsed = (overrides: Partial<TsnModelInput> = {}): TsnModel => TsnModel.parse(model(overrides));

/** A list for the port from `s` to `c`. */
export const listAtC = (
  entries: { openClasses: number[]; durationNs: number }[],
  cycleTimeNs = 10_000,
  baseTimeNs = 0,
) => ({
  node: "s",
  link: "cs",
  baseTimeNs,
  cycleTimeNs,
  entries,
});
