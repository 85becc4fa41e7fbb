/**
 * When each transmission can begin at all. The bounds leave out of the encoding what cannot meet.
 *
 * Upper bounds are claims: that they hold is what the solver proves (see `encoding.ts`).
 *
 * Lower bounds are a theorem, and given to the solver as one. By induction from the talker: no frame is handed over before
 * its planned release by a clock that is as far ahead as it can be; it is not sent before it enters the queue, nor before
 * the first instant at which its gate would let it, for any clock error; and it enters the next queue `lagNs` after that.
 * Other frames can only make it later. Each step holds for a lower bound as well as for the time itself.
 */
import { type Starts, startsWithin } from "../gates.ts";
import type { Hop, Plan, Port } from "../plan.ts";

/** One frame at one hop, in the hyperperiod that begins at 0. All times are the network's. */
export interface Bounded {
  readonly hop: Hop;
  readonly instance: number;
  /** Planned release. */
  readonly plannedNs: number;
  readonly parent: Bounded | undefined;
  /** When it can enter the queue. */
  enterEarliestNs: number;
  enterLatestNs: number;
  /** When it can be sent. Later than `startLatestNs` would be too late, or has been found impossible. */
  startEarliestNs: number;
  startLatestNs: number;
  /** The latest start from which every listener below can still be reached in time. */
  readonly dueNs: number;
}

/** A transmission of another hyperperiod. */
export interface Shifted {
  readonly of: Bounded;
  readonly shiftNs: number;
}

/** Bounds of one hyperperiod; those of all others are the same, moved. */
export interface Bounds {
  readonly all: readonly Bounded[];
  /** Transmissions that share a port and whose times may overlap; for each also copies of itself. */
  readonly rivals: (of: Bounded) => readonly Shifted[];
}

/** Rounds after which bounds that still grow are given up. */
const maximumRounds = 100;

/**
 * Bounds for all transmissions. They start at the least that is possible and grow until they bear each other out: while
 * all others keep theirs, no frame is the first to break its own. A frame that others may hold up beyond its deadline
 * gets the deadline as its bound.
 */
export function boundsOf(plan: Plan): Bounds {
  const all = plan.streams.flatMap((each) => instancesOf(plan, each.hops));
  const byPort = Map.groupBy(all, ({ hop }) => hop.port);
  const rivals = (of: Bounded) => rivalsOf(of, byPort.get(of.hop.port) ?? [], plan.hyperperiodNs);
  for (let round = 0, changed = true; changed; round++) {
    changed = false;
    for (const each of all) {
      if (each.parent) each.enterLatestNs = each.parent.startLatestNs + each.hop.lagNs;
      const latest =
        round < maximumRounds ? latestStart(each, byPort.get(each.hop.port) ?? [], plan) : each.dueNs;
      if (latest <= each.startLatestNs) continue;
      each.startLatestNs = latest;
      changed = true;
    }
  }
  return { all, rivals };
}

/**
 * Bounds as they were observed in some runs: a guess, for where `boundsOf` finds no better bound than the deadline. The
 * solver says whether they bear each other out. `undefined` when a frame was too late or not seen.
 */
export function observedBounds(
  plan: Plan,
  latestStartNs: (frame: {
    readonly stream: string;
    readonly instance: number;
    readonly port: string;
  }) => number | undefined,
): Bounds | undefined {
  const all = plan.streams.flatMap((each) => instancesOf(plan, each.hops));
  for (const each of all) {
    const { hop, instance } = each;
    const latest = latestStartNs({ stream: hop.stream.stream.id, instance, port: hop.port.id });
    if (latest === undefined || latest > each.dueNs) return undefined;
    each.startLatestNs = Math.max(each.startLatestNs, latest);
    if (each.parent) each.enterLatestNs = each.parent.startLatestNs + hop.lagNs;
  }
  const byPort = Map.groupBy(all, ({ hop }) => hop.port);
  return { all, rivals: (of) => rivalsOf(of, byPort.get(of.hop.port) ?? [], plan.hyperperiodNs) };
}

function instancesOf(plan: Plan, hops: readonly Hop[]): Bounded[] {
  const stream = hops[0]?.stream.stream;
  if (!stream) return [];
  const all: Bounded[] = [];
  for (let instance = 0; instance < plan.hyperperiodNs / stream.periodNs; instance++) {
    const plannedNs = (stream.offsetNs ?? 0) + instance * stream.periodNs;
    const byHop = new Map<Hop, Bounded>();
    for (const hop of hops) {
      const parent = hop.parent && byHop.get(hop.parent);
      const error = hop.port.node.syncErrorNs;
      const enterEarliestNs = parent ? parent.startEarliestNs + hop.lagNs : plannedNs - error;
      const dueNs = plannedNs + stream.deadlineNs - hop.remainingNs;
      const startEarliestNs = Math.min(
        earliestStart(hop, enterEarliestNs),
        Math.max(enterEarliestNs, dueNs + 1),
      );
      const bounded = {
        hop,
        instance,
        plannedNs,
        parent,
        enterEarliestNs,
        enterLatestNs: parent ? enterEarliestNs : plannedNs + error + stream.releaseDelayNs,
        startEarliestNs,
        startLatestNs: Math.min(startEarliestNs, dueNs),
        dueNs,
      };
      byHop.set(hop, bounded);
      all.push(bounded);
    }
  }
  return all;
}

/** Transmissions at the port that may be sent, or be ahead in the queue, while this one waits. */
function rivalsOf(of: Bounded, atPort: readonly Bounded[], hyperperiodNs: number): Shifted[] {
  const to = Math.max(of.startLatestNs, of.startEarliestNs) + 1;
  return atPort.flatMap((rival) => {
    const beginsNs = sameQueue(of.hop, rival.hop) ? rival.enterEarliestNs : rival.startEarliestNs;
    const endsNs = Math.max(rival.startLatestNs, rival.startEarliestNs) + rival.hop.durationNs;
    const first = Math.ceil((of.enterEarliestNs - endsNs) / hyperperiodNs);
    const last = Math.floor((to - beginsNs) / hyperperiodNs);
    const copies: Shifted[] = [];
    for (let turn = first; turn <= last; turn++) {
      if (rival !== of || turn !== 0) copies.push({ of: rival, shiftNs: turn * hyperperiodNs });
    }
    return copies;
  });
}

/** The latest start, when every rival that may go first keeps its bound; the deadline when that does not suffice. */
function latestStart(of: Bounded, atPort: readonly Bounded[], plan: Plan): number {
  let readyNs = of.enterLatestNs;
  // A talker releases by the clock of its port: there all bounds are off by the same, and so not apart from each other.
  const sharedNs = of.parent ? 0 : 2 * of.hop.port.node.syncErrorNs;
  for (;;) {
    const startNs = worstStart(of.hop, readyNs);
    if (startNs > of.dueNs) return of.dueNs;
    let freeNs = readyNs;
    for (const rival of atPort) {
      const queued = sameQueue(of.hop, rival.hop);
      const lastNs = queued ? of.enterLatestNs - rival.enterEarliestNs : startNs - rival.startEarliestNs;
      let turn = Math.floor((lastNs - sharedNs) / plan.hyperperiodNs);
      if (rival === of) turn = Math.min(turn, -1);
      freeNs = Math.max(freeNs, rival.startLatestNs + rival.hop.durationNs + turn * plan.hyperperiodNs);
    }
    if (freeNs === readyNs) return startNs;
    readyNs = freeNs;
  }
}

/** Whether two hops share a queue: same port, same class. */
export function sameQueue(a: Hop, b: Hop): boolean {
  return a.port === b.port && a.stream.stream.trafficClass === b.stream.stream.trafficClass;
}

/** Starts that the gates allow at a hop around a time of the network, whatever its device's clock shows. */
export function startsAround(hop: Hop, fromNs: number, toNs: number): Starts[] {
  const error = hop.port.node.syncErrorNs;
  return startsOf(hop.port, hop, fromNs - error, toNs + error);
}

function startsOf(port: Port, hop: Hop, fromNs: number, toNs: number): Starts[] {
  const frame = { trafficClass: hop.stream.stream.trafficClass, durationNs: hop.durationNs };
  return startsWithin(port.gates, frame, { fromNs, toNs });
}

/** The first start at or after a time, when the device's clock is as far ahead as it can be. */
function earliestStart(hop: Hop, fromNs: number): number {
  const error = hop.port.node.syncErrorNs;
  // By the clock that the gates have, too, the talker releases not before `fromNs + error`.
  if (!hop.parent) return nextStart(hop, fromNs + error) - error;
  const first = nextStart(hop, fromNs - error);
  // A clock that is right to the error either way lets the gate be open from `first - error` to `first + error`.
  return first <= fromNs + error ? fromNs : first - error;
}

/** The first start at or after a time, when the device's clock is as bad as it can be. */
function worstStart(hop: Hop, readyNs: number): number {
  const error = hop.port.node.syncErrorNs;
  if (!hop.parent) return nextStart(hop, readyNs - error) + error;
  let worst = nextStart(hop, readyNs - error) - (readyNs - error);
  for (const { lastNs } of startsOf(hop.port, hop, readyNs - error, readyNs + error)) {
    const missed = lastNs + 1;
    if (missed <= readyNs + error) worst = Math.max(worst, nextStart(hop, missed) - missed);
  }
  return readyNs + worst;
}

/** The first start at or after a time of the device; `Infinity` when the frame fits no window. */
function nextStart(hop: Hop, fromNs: number): number {
  const cycle = hop.port.gates.cycleNs ?? 0;
  const starts = startsOf(hop.port, hop, fromNs, fromNs + cycle);
  return Math.min(...starts.map(({ firstNs }) => Math.max(firstNs, fromNs)));
}
