/** Gate control lists as windows: when a class may send, in the time of the device that holds the list. */
import type { TsnGateControlList } from "./schema.ts";

/** From `openNs` to `closeNs`, the end not included, and again in every cycle. May reach beyond the cycle's end. */
export interface Window {
  readonly openNs: number;
  readonly closeNs: number;
}

/** The gates of one port. */
export interface Gates {
  /** Left out when all gates are always open. */
  readonly cycleNs: number | undefined;
  /** By traffic class, in order, never touching each other; "open" when the gate never closes. */
  readonly windows: readonly ("open" | readonly Window[])[];
}

const classes = [0, 1, 2, 3, 4, 5, 6, 7];

/** The windows of a list; of a port without one all gates are open. */
export function gatesOf(list: TsnGateControlList | undefined): Gates {
  if (!list) return { cycleNs: undefined, windows: classes.map(() => "open") };
  return { cycleNs: list.cycleTimeNs, windows: classes.map((each) => windowsOf(list, each)) };
}

function windowsOf(list: TsnGateControlList, trafficClass: number): "open" | Window[] {
  const cycle = list.cycleTimeNs;
  const merged: { openNs: number; closeNs: number }[] = [];
  let at = 0;
  list.entries.forEach(({ openClasses, durationNs }, index) => {
    const end = index === list.entries.length - 1 ? cycle : at + durationNs;
    if (openClasses.includes(trafficClass)) {
      const last = merged.at(-1);
      if (last?.closeNs === at) last.closeNs = end;
      else merged.push({ openNs: at, closeNs: end });
    }
    at = end;
  });
  const first = merged[0];
  const last = merged.at(-1);
  if (first && last && first.openNs === 0 && last.closeNs === cycle) {
    if (first === last) return "open";
    last.closeNs = cycle + first.closeNs;
    merged.shift();
  }
  const shift = list.baseTimeNs % cycle;
  return merged
    .map(({ openNs, closeNs }) => {
      const turns = openNs + shift >= cycle ? cycle : 0;
      return { openNs: openNs + shift - turns, closeNs: closeNs + shift - turns };
    })
    .toSorted((a, b) => a.openNs - b.openNs);
}

/** Times at which a transmission may begin and still end within the window: both included. */
export interface Starts {
  readonly firstNs: number;
  readonly lastNs: number;
}

/**
 * Starts of a frame that lie at least partly within [`fromNs`, `toNs`], in the device's time.
 *
 * A frame is sent only if it ends before its gate closes (IEEE 802.1Q-2022, 8.6.8.4): the guard band is implicit.
 */
export function startsWithin(
  gates: Gates,
  frame: { readonly trafficClass: number; readonly durationNs: number },
  range: { readonly fromNs: number; readonly toNs: number },
): Starts[] {
  const windows = gates.windows[frame.trafficClass];
  if (windows === "open" || windows === undefined || gates.cycleNs === undefined) {
    return [{ firstNs: Number.NEGATIVE_INFINITY, lastNs: Number.POSITIVE_INFINITY }];
  }
  const starts: Starts[] = [];
  // A window may begin in the cycle before, for it may reach beyond the cycle's end.
  const turn = gates.cycleNs;
  for (let cycle = Math.floor(range.fromNs / turn) - 1; cycle * turn <= range.toNs; cycle++) {
    for (const { openNs, closeNs } of windows) {
      const firstNs = cycle * turn + openNs;
      const lastNs = cycle * turn + closeNs - frame.durationNs;
      if (firstNs <= lastNs && lastNs >= range.fromNs && firstNs <= range.toNs)
        starts.push({ firstNs, lastNs });
    }
  }
  return starts;
}
