/** Gate control lists from the windows of a schedule. */
import type { Port } from "../plan.ts";
import type { TsnGateControlList } from "../schema.ts";

/** One window: its class is open, all others are closed. */
export interface PlacedWindow {
  readonly startNs: number;
  readonly durationNs: number;
  readonly trafficClass: number;
}

/**
 * The list of a port whose windows repeat each hyperperiod. Between windows the classes of `others` are open, which
 * carry none of the streams.
 */
export function listOf(
  port: Port,
  windows: readonly PlacedWindow[],
  cycle: { readonly hyperperiodNs: number; readonly others: readonly number[] },
): TsnGateControlList {
  const cycleTimeNs = shortestCycle(windows, cycle.hyperperiodNs);
  const within = windows
    .filter(({ startNs }) => modulo(startNs, cycle.hyperperiodNs) < cycleTimeNs)
    .map((window) => ({ ...window, startNs: modulo(window.startNs, cycleTimeNs) }))
    .toSorted((a, b) => a.startNs - b.startNs);
  const baseTimeNs = beginning(within, cycleTimeNs);
  within.sort(
    (a, b) => modulo(a.startNs - baseTimeNs, cycleTimeNs) - modulo(b.startNs - baseTimeNs, cycleTimeNs),
  );
  const entries: { openClasses: number[]; durationNs: number }[] = [];
  let at = 0;
  for (const { startNs, durationNs, trafficClass } of within) {
    const start = modulo(startNs - baseTimeNs, cycleTimeNs);
    if (start > at) entries.push({ openClasses: [...cycle.others], durationNs: start - at });
    const last = entries.at(-1);
    if (last && start === at && last.openClasses.length === 1 && last.openClasses[0] === trafficClass) {
      last.durationNs += durationNs;
    } else {
      entries.push({ openClasses: [trafficClass], durationNs });
    }
    at = start + durationNs;
  }
  if (at < cycleTimeNs) entries.push({ openClasses: [...cycle.others], durationNs: cycleTimeNs - at });
  return { node: port.node.id, link: port.link.id, baseTimeNs, cycleTimeNs, entries };
}

/** Start of a window that does not continue the one before it, so that no entry is cut in two. */
function beginning(sorted: readonly PlacedWindow[], cycleTimeNs: number): number {
  const found = sorted.find((window, index) => {
    const before = sorted.at(index - 1);
    if (!before || before === window) return true;
    const endNs = modulo(before.startNs + before.durationNs, cycleTimeNs);
    return endNs !== window.startNs || before.trafficClass !== window.trafficClass;
  });
  return (found ?? sorted[0])?.startNs ?? 0;
}

/** The shortest time after which the windows repeat. */
function shortestCycle(windows: readonly PlacedWindow[], hyperperiodNs: number): number {
  const keys = new Set(windows.map((window) => keyOf(window, hyperperiodNs)));
  for (let parts = windows.length; parts > 1; parts--) {
    if (windows.length % parts !== 0 || hyperperiodNs % parts !== 0) continue;
    const cycle = hyperperiodNs / parts;
    const repeats = windows.every((window) =>
      keys.has(keyOf({ ...window, startNs: window.startNs + cycle }, hyperperiodNs)),
    );
    if (repeats) return cycle;
  }
  return hyperperiodNs;
}

function keyOf({ startNs, durationNs, trafficClass }: PlacedWindow, hyperperiodNs: number): string {
  return `${modulo(startNs, hyperperiodNs)}/${durationNs}/${trafficClass}`;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
