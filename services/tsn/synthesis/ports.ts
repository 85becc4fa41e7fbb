/** What the windows of one port have to do with each other. */
import { gcd, lcm } from "../plan.ts";
import { and, int, less, or, plus, type Script, type Term } from "../smt.ts";
import type { Group, Point, Queueing } from "./slots.ts";

/** `later - earlier >= leastNs`, where all of `later` is moved by the distance of a pair. */
interface Gap {
  readonly earlier: Point;
  readonly later: Point;
  readonly leastNs: number;
}

/** Asserts that no two windows of a port overlap, and that frames enter each queue in the order of their windows. */
export function keepApart(script: Script, groups: readonly Group[], queueing: Queueing): void {
  for (const [a, b] of pairs(groups)) {
    const aFirst = gapsOf(a, b, queueing);
    const bFirst = gapsOf(b, a, queueing);
    for (const distance of distances(a, b, aFirst, bFirst)) {
      const order = or([holds(aFirst, distance), holds(bFirst, -distance)]);
      if (order !== "true")
        script.assert(a === b ? `(=> ${a.on} ${order})` : `(=> (and ${a.on} ${b.on}) ${order})`);
    }
  }
}

/** Each two groups, and each group with itself: its instances meet too. */
function pairs(groups: readonly Group[]): [Group, Group][] {
  return groups.flatMap((a, index) => groups.slice(index).map((b): [Group, Group] => [a, b]));
}

/** What has to hold for a slot of `first` to go before one of `second`. */
function gapsOf(first: Group, second: Group, queueing: Queueing): Gap[] {
  const windowNs = first.slot.windowNs;
  const node = first.slot.hop.port.node;
  if (first.slot.hop.stream.stream.trafficClass !== second.slot.hop.stream.stream.trafficClass) {
    return [{ earlier: first.start, later: second.start, leastNs: windowNs }];
  }
  const leftoverNs = windowNs - first.slot.hop.durationNs;
  // A window with something left over has to be closed before the next one of its class, or the next frame would use it.
  const closedNs = leftoverNs > 0 ? node.gateGranularityNs : 0;
  const entry = enteringOf(second);
  const gaps = [{ earlier: first.start, later: second.start, leastNs: windowNs + closedNs }];
  /** The second enters only when the first's window has been open for so long, whatever the clocks show. */
  const entersAfter = (openNs: number) => {
    const errors = second.slot.hop.parent ? node.syncErrorNs + sourceNode(second).syncErrorNs : 0;
    gaps.push({ earlier: first.start, later: second.source, leastNs: openNs + errors - entry.earliestNs });
  };
  if (queueing === "isolated") {
    entersAfter(windowNs);
    return gaps;
  }
  gaps.push({
    earlier: first.source,
    later: second.source,
    // Two that enter at one instant enter in either order: so one has to be earlier by a nanosecond.
    leastNs: enteringOf(first).latestNs - entry.earliestNs + errorsOfSources(first, second) + 1,
  });
  if (leftoverNs >= second.slot.hop.durationNs) entersAfter(windowNs - second.slot.hop.durationNs + 1);
  return gaps;
}

/** When a frame enters the queue, counted from its source. */
function enteringOf({ slot: { hop } }: Group): { earliestNs: number; latestNs: number } {
  if (hop.parent) return { earliestNs: hop.lagNs, latestNs: hop.lagNs };
  return { earliestNs: 0, latestNs: hop.stream.stream.releaseDelayNs };
}

function sourceNode({ slot: { hop } }: Group) {
  return (hop.parent ?? hop).port.node;
}

function errorsOfSources(a: Group, b: Group): number {
  const [from, to] = [sourceNode(a), sourceNode(b)];
  return from === to ? 0 : from.syncErrorNs + to.syncErrorNs;
}

/** How far slots of `b` may be from slots of `a`, as long as it is not clear that they are apart anyway. */
function distances(a: Group, b: Group, aFirst: readonly Gap[], bFirst: readonly Gap[]): number[] {
  const step = gcd(a.everyNs, b.everyNs);
  const base = b.slot.shiftNs - a.slot.shiftNs;
  const clearFrom = Math.max(...aFirst.map(clearance));
  const clearTo = -Math.max(...bFirst.map(clearance));
  const found: number[] = [];
  for (let turn = Math.ceil((clearTo - base) / step); base + turn * step < clearFrom; turn++) {
    const distance = base + turn * step;
    const clear = distance <= clearTo || (a === b && distance <= 0);
    if (!clear) found.push(distance);
  }
  return found;
}

/** The distance from which on a gap is there whatever the values. */
function clearance({ earlier, later, leastNs }: Gap): number {
  return leastNs + earlier.latestNs - later.earliestNs;
}

function holds(gaps: readonly Gap[], distance: number): Term {
  return and(
    gaps.map(({ earlier, later, leastNs }) => {
      const least = leastNs - distance;
      if (earlier.term === later.term) return least <= 0 ? "true" : "false";
      if (later.earliestNs - earlier.latestNs >= least) return "true";
      if (later.latestNs - earlier.earliestNs < least) return "false";
      return `(<= ${plus(earlier.term, least)} ${later.term})`;
    }),
  );
}

/**
 * Asserts that the port's list is no longer than its device allows. Each window is an entry and has one with closed
 * gates after it, unless the next window begins at once; then, in the same class, even the two windows are one entry.
 */
export function limitEntries(script: Script, groups: readonly Group[]): void {
  const node = groups[0]?.slot.hop.port.node;
  const cycle = lcm(
    groups.map(({ everyNs }) => everyNs),
    Number.MAX_SAFE_INTEGER,
  );
  const windows = groups.reduce((sum, { everyNs }) => sum + cycle / everyNs, 0);
  if (!node || 2 * windows <= node.maxGateEntries) return;
  const saved = pairs(groups).flatMap(([a, b]) => [
    ...follows(a, b, cycle),
    ...(a === b ? [] : follows(b, a, cycle)),
  ]);
  const entries = `(- ${2 * windows} ${saved.length > 0 ? `(+ 0 ${saved.join(" ")})` : "0"})`;
  const all = and([...new Set(groups.map(({ on }) => on))]);
  script.assert(`(=> ${all} ${less(entries, int(node.maxGateEntries + 1))})`);
}

/** Entries that are saved wherever a slot of `b` begins at the end of one of `a`. */
function follows(a: Group, b: Group, cycle: number): Term[] {
  const step = gcd(a.everyNs, b.everyNs);
  const base = b.slot.shiftNs - a.slot.shiftNs;
  const times = cycle / lcm([a.everyNs, b.everyNs], Number.MAX_SAFE_INTEGER);
  const classOf = (group: Group) => group.slot.hop.stream.stream.trafficClass;
  const saves = classOf(a) === classOf(b) ? 2 * times : times;
  const least = a.start.earliestNs + a.slot.windowNs - b.start.latestNs;
  const most = a.start.latestNs + a.slot.windowNs - b.start.earliestNs;
  const terms: Term[] = [];
  for (let turn = Math.ceil((least - base) / step); base + turn * step <= most; turn++) {
    const distance = base + turn * step;
    if (a === b && distance <= 0) continue;
    const meets = `(= ${plus(a.start.term, a.slot.windowNs - distance)} ${b.start.term})`;
    terms.push(`(ite ${meets} ${saves} 0)`);
  }
  return terms;
}
