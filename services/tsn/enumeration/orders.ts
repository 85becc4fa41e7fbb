/**
 * Decides whether streams have a time-triggered schedule by trying all orders of their windows. Once it is known which of
 * each two windows of a port is first, what is left is a system of differences, which has a solution unless some cycle of
 * it asks a time to be later than itself (Bellman and Ford). Shares no code with the encodings.
 */
import type { TsnModel, TsnStream } from "../schema.ts";
import { networkOf, passingNs, type SimulatedNetwork, type SimulatedPort } from "../simulator/network.ts";

/** `times[later] - times[earlier] >= leastNs` */
interface Difference {
  readonly earlier: number;
  readonly later: number;
  readonly leastNs: number;
}

/** One window: a frame of one hyperperiod at one port. */
interface Place {
  readonly stream: TsnStream;
  readonly port: SimulatedPort;
  readonly passingNs: number;
  /** Index of its start. */
  readonly start: number;
  /** Index of the time from which its entry into the queue follows, and how long after that it enters. */
  readonly source: number;
  readonly entersNs: { readonly earliest: number; readonly latest: number };
  /** Where it comes from; at the talker, the talker. */
  readonly sourceNode: string;
}

/** Two windows of a port, of which one has to be first. */
interface Choice {
  readonly firstThenSecond: readonly Difference[];
  readonly secondThenFirst: readonly Difference[];
}

export type Orders = "schedulable" | "unschedulable" | "too-many";

/** Whether orders alone tell: there is no granularity to round to. */
export function ordersDecide(model: TsnModel): boolean {
  return model.nodes.every(({ gateGranularityNs }) => gateGranularityNs === 1);
}

/** Tries all orders, unless that takes more than `steps` additions of a difference. */
export function tryOrders(model: TsnModel, hyperperiodNs: number, steps: number): Orders {
  const system = systemOf(model, hyperperiodNs);
  const times = new Float64Array(system.count);
  const search = { left: steps, out: outgoing(system.count) };
  for (const fixed of system.differences) {
    if (!add(search.out, times, fixed)) return "unschedulable";
  }
  const found = decide(system.choices, 0, times, search);
  if (search.left <= 0) return "too-many";
  return found ? "schedulable" : "unschedulable";
}

interface Search {
  left: number;
  readonly out: Difference[][];
}

/** Tries both orders of the choices from `at` on. */
function decide(choices: readonly Choice[], at: number, times: Float64Array, search: Search): boolean {
  const choice = choices[at];
  if (!choice) return true;
  for (const option of [choice.firstThenSecond, choice.secondThenFirst]) {
    if (search.left-- <= 0) return false;
    const next = times.slice();
    const added: Difference[] = [];
    const fits = option.every((difference) => {
      added.push(difference);
      return add(search.out, next, difference);
    });
    if (fits && decide(choices, at + 1, next, search)) return true;
    for (const { earlier } of added) search.out[earlier]?.pop();
  }
  return false;
}

function outgoing(count: number): Difference[][] {
  return Array.from({ length: count }, () => []);
}

/** Adds a difference and moves times until all hold; false when one would have to be later than itself. */
function add(out: Difference[][], times: Float64Array, difference: Difference): boolean {
  out[difference.earlier]?.push(difference);
  const changed = [difference];
  for (let next = changed.pop(); next; next = changed.pop()) {
    const least = (times[next.earlier] ?? 0) + next.leastNs;
    if (least <= (times[next.later] ?? 0)) continue;
    // Whatever moves `earlier` of the new difference has come around to it.
    if (next.later === difference.earlier) return false;
    times[next.later] = least;
    changed.push(...(out[next.later] ?? []));
  }
  return true;
}

interface System {
  readonly count: number;
  readonly differences: readonly Difference[];
  readonly choices: readonly Choice[];
}

function systemOf(model: TsnModel, hyperperiodNs: number): System {
  const network = networkOf(model, {});
  // Time 0 is the zero that all others are counted from.
  const differences: Difference[] = [];
  const places: Place[] = [];
  let count = 1;
  for (const stream of model.streams) {
    const release = count++;
    const [least, most] =
      stream.offsetNs === undefined ? [0, stream.periodNs - 1] : [stream.offsetNs, stream.offsetNs];
    differences.push(
      { earlier: 0, later: release, leastNs: least },
      { earlier: release, later: 0, leastNs: -most },
    );
    const mine: Place[][] = [];
    for (let instance = 0; instance < hyperperiodNs / stream.periodNs; instance++) {
      const own = placesOf({ model, network, stream, release, instance }, () => count++, differences);
      mine.push(own);
      places.push(...own);
    }
    differences.push(...jitterOf(stream, mine));
  }
  return { count, differences, choices: choicesOf(model, places, hyperperiodNs) };
}

interface FrameContext {
  readonly model: TsnModel;
  readonly network: SimulatedNetwork;
  readonly stream: TsnStream;
  readonly release: number;
  readonly instance: number;
}

/** The windows of one frame, and what it asks of them. */
function placesOf(context: FrameContext, newTime: () => number, differences: Difference[]): Place[] {
  const { model, network, stream, release, instance } = context;
  const plannedNs = instance * stream.periodNs;
  const errorOf = (node: string) => model.nodes.find(({ id }) => id === node)?.syncErrorNs ?? 0;
  const places: Place[] = [];
  const follow = (node: string, from: Place | undefined) => {
    for (const port of network.forwarding.get(stream.id)?.get(node) ?? []) {
      const lasts = passingNs(model, stream, port);
      const lag = from ? from.passingNs + from.port.propagationNs + from.port.peerDelayNs : 0;
      const entersNs = from
        ? { earliest: lag, latest: lag }
        : { earliest: plannedNs, latest: plannedNs + stream.releaseDelayNs };
      const source = from?.start ?? release;
      const sourceNode = from?.port.node ?? node;
      const errors = from ? errorOf(from.port.node) + errorOf(node) : 0;
      const place = { stream, port, passingNs: lasts, start: newTime(), source, entersNs, sourceNode };
      places.push(place);
      differences.push({ earlier: source, later: place.start, leastNs: entersNs.latest + errors });
      if (stream.listeners.includes(port.peer)) {
        const receivedNs = lasts + port.propagationNs + errorOf(node);
        const leastNs = receivedNs - plannedNs - stream.deadlineNs;
        differences.push({ earlier: place.start, later: release, leastNs });
      }
      follow(port.peer, place);
    }
  };
  follow(stream.talker, undefined);
  return places;
}

function jitterOf(stream: TsnStream, frames: readonly (readonly Place[])[]): Difference[] {
  const jitter = stream.maxJitterNs;
  if (jitter === undefined) return [];
  return frames.flatMap((frame, a) =>
    frames.flatMap((other, b) =>
      frame.flatMap((place, index) => {
        const same = other[index];
        if (a === b || !same || !stream.listeners.includes(place.port.peer)) return [];
        return [{ earlier: place.start, later: same.start, leastNs: (b - a) * stream.periodNs - jitter }];
      }),
    ),
  );
}

/** Each two windows that share a port, at each distance of hyperperiods at which they might meet. */
function choicesOf(model: TsnModel, places: readonly Place[], hyperperiodNs: number): Choice[] {
  const reach = Math.max(...model.streams.map(({ periodNs, deadlineNs }) => periodNs + deadlineNs));
  const turns = Math.ceil(reach / hyperperiodNs);
  const choices: Choice[] = [];
  for (const [index, a] of places.entries()) {
    for (const b of places.slice(index)) {
      if (a.port !== b.port) continue;
      for (let turn = a === b ? 1 : -turns; turn <= turns; turn++) {
        const movedNs = turn * hyperperiodNs;
        choices.push({
          firstThenSecond: inOrder(model, a, b, movedNs),
          secondThenFirst: inOrder(model, b, a, -movedNs),
        });
      }
    }
  }
  return choices;
}

/** What it takes that `first` goes before `second`, which is moved by some hyperperiods. */
function inOrder(model: TsnModel, first: Place, second: Place, movedNs: number): Difference[] {
  const differences = [{ earlier: first.start, later: second.start, leastNs: first.passingNs - movedNs }];
  if (first.stream.trafficClass === second.stream.trafficClass) {
    const errorOf = ({ sourceNode }: Place) =>
      model.nodes.find(({ id }) => id === sourceNode)?.syncErrorNs ?? 0;
    const errors = first.sourceNode === second.sourceNode ? 0 : errorOf(first) + errorOf(second);
    const leastNs = first.entersNs.latest - second.entersNs.earliest + errors + 1 - movedNs;
    differences.push({ earlier: first.source, later: second.source, leastNs });
  }
  return differences;
}
