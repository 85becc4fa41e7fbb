/**
 * Every run of a small network, one nanosecond after the other: all clock errors, all release delays, and all orders in
 * which frames can enter a queue at one instant. Shares neither code nor method with the encodings and the simulator; it
 * only reads the network as the simulator does.
 */
import type { Scenario, TsnModel, TsnStream } from "../schema.ts";
import { type Breach, breaches } from "../simulator/judge.ts";
import { networkOf, passingNs, type SimulatedNetwork } from "../simulator/network.ts";
import type { Delivery } from "../simulator/simulate.ts";

/** How far runs go, and how much work there may be: port-nanoseconds. */
export interface EnumerationSpan {
  readonly judgedUntilNs: number;
  readonly untilNs: number;
  readonly hyperperiodNs: number;
}

export type Enumeration =
  | { readonly result: "holds"; readonly runs: number }
  | { readonly result: "breaks"; readonly scenario: Scenario; readonly breach: Breach }
  | { readonly result: "too-many" };

interface Frame {
  readonly stream: TsnStream;
  readonly instance: number;
}

/** One port of a run in progress. */
interface PortState {
  /** By class: frames that wait, the first in front. */
  readonly queues: Frame[][];
  freeAt: number;
}

/** A run in progress. */
interface State {
  readonly ports: PortState[];
  /** Frames that will enter the queues of a node, by instant. */
  readonly coming: Map<number, { readonly frame: Frame; readonly node: string }[]>;
  readonly deliveries: Delivery[];
  readonly order: Record<string, string[]>;
  waiting: number;
}

/** Lists with longer cycles are not looked at nanosecond by nanosecond. */
const longestCycleNs = 200_000;

class TooMany extends Error {}

/** Tries all runs, unless that takes more than `ticks` looks at a port. */
export function enumerate(
  model: TsnModel,
  span: EnumerationSpan,
  work: { readonly ticks: number; readonly signal: AbortSignal },
): Enumeration {
  if (model.gateControlLists.some(({ cycleTimeNs }) => cycleTimeNs > longestCycleNs))
    return { result: "too-many" };
  const left = { ticks: work.ticks };
  let runs = 0;
  try {
    for (const chosen of choices(model, span.untilNs, work.ticks)) {
      work.signal.throwIfAborted();
      const network = networkOf(model, chosen.clockErrorsNs);
      for (const state of runsOf(model, network, chosen, span, left)) {
        runs++;
        const [breach] = breaches(model, { passages: [], deliveries: state.deliveries }, span);
        if (breach) return { result: "breaks", scenario: { ...chosen, queueOrder: state.order }, breach };
      }
    }
  } catch (error) {
    if (error instanceof TooMany) return { result: "too-many" };
    throw error;
  }
  return { result: "holds", runs };
}

type Choice = Omit<Scenario, "queueOrder">;

/** All combinations of clock errors and release delays. */
function* choices(model: TsnModel, untilNs: number, most: number): Generator<Choice> {
  const clocks = model.nodes.filter(({ syncErrorNs }) => syncErrorNs > 0);
  const delays = model.streams.flatMap(({ id, offsetNs = 0, periodNs, releaseDelayNs }) => {
    const count = releaseDelayNs > 0 ? Math.max(0, Math.floor((untilNs - offsetNs) / periodNs) + 1) : 0;
    return Array.from({ length: Math.min(count, 64) }, (_, instance) => ({
      name: `${id}#${instance}`,
      most: releaseDelayNs,
    }));
  });
  const axes = [
    ...clocks.map(({ id, syncErrorNs }) => ({ name: id, least: -syncErrorNs, most: syncErrorNs })),
    ...delays.map(({ name, most }) => ({ name, least: 0, most })),
  ];
  const total = axes.reduce((product, axis) => product * (axis.most - axis.least + 1), 1);
  if (total > most || delays.length >= 64) throw new TooMany();
  for (let number = 0; number < total; number++) {
    let rest = number;
    const values = axes.map(({ name, least, most }) => {
      const size = most - least + 1;
      const value = least + (rest % size);
      rest = Math.floor(rest / size);
      return [name, value] as const;
    });
    yield {
      clockErrorsNs: Object.fromEntries(values.slice(0, clocks.length)),
      releaseDelaysNs: Object.fromEntries(values.slice(clocks.length)),
    };
  }
}

/** All runs of one choice: they differ where frames enter a queue at one instant. */
function* runsOf(
  model: TsnModel,
  network: SimulatedNetwork,
  choice: Choice,
  span: EnumerationSpan,
  left: { ticks: number },
): Generator<State> {
  const openRuns = network.ports.map((port) => (port.list ? openRunsOf(port.list) : undefined));
  const first = initialState(model, network, choice, span);
  const start = Math.min(0, ...first.coming.keys());
  yield* continued(first, start);

  function* continued(state: State, from: number): Generator<State> {
    for (let now = from; now <= span.untilNs; now++) {
      const arrivals = state.coming.get(now);
      if (arrivals) {
        state.coming.delete(now);
        const orders = entryOrders(network, arrivals);
        for (const order of orders.slice(1)) {
          const other = copied(state);
          enter(other, order);
          serve(other, now);
          yield* continued(other, now + 1);
        }
        enter(state, orders[0] ?? []);
      }
      if (state.waiting > 0) serve(state, now);
      else {
        const next = Math.min(...state.coming.keys());
        if (next === Number.POSITIVE_INFINITY) break;
        now = Math.max(now, next - 1);
      }
    }
    yield state;
  }

  function enter(state: State, entries: readonly Entry[]): void {
    for (const { port, frame } of entries) {
      state.ports[port]?.queues[frame.stream.trafficClass]?.push(frame);
      const id = network.ports[port]?.id ?? "";
      const order = state.order[id] ?? [];
      order.push(`${frame.stream.id}#${frame.instance}`);
      state.order[id] = order;
      state.waiting++;
    }
  }

  function serve(state: State, now: number): void {
    left.ticks -= state.ports.length;
    if (left.ticks < 0) throw new TooMany();
    for (const [index, port] of network.ports.entries()) {
      const own = state.ports[index];
      if (!own || own.freeAt > now) continue;
      for (let trafficClass = 7; trafficClass >= 0; trafficClass--) {
        const frame = own.queues[trafficClass]?.[0];
        if (!frame) continue;
        const lasts = passingNs(model, frame.stream, port);
        const runs = openRuns[index]?.[trafficClass];
        const cycle = runs?.length ?? 1;
        const open =
          runs?.[(((now - port.clockErrorNs) % cycle) + cycle) % cycle] ?? Number.POSITIVE_INFINITY;
        if (open < lasts) continue;
        own.queues[trafficClass]?.shift();
        state.waiting--;
        own.freeAt = now + lasts;
        receive(state, frame, {
          node: port.peer,
          atNs: now + lasts + port.propagationNs,
          afterNs: port.peerDelayNs,
        });
        break;
      }
    }
  }

  function receive(state: State, frame: Frame, at: { node: string; atNs: number; afterNs: number }): void {
    const { stream, instance } = frame;
    if (stream.listeners.includes(at.node)) {
      const latencyNs = at.atNs - (stream.offsetNs ?? 0) - instance * stream.periodNs;
      state.deliveries.push({ stream: stream.id, instance, listener: at.node, atNs: at.atNs, latencyNs });
    }
    if (network.forwarding.get(stream.id)?.has(at.node)) comes(state, frame, at.node, at.atNs + at.afterNs);
  }
}

function initialState(
  model: TsnModel,
  network: SimulatedNetwork,
  choice: Choice,
  span: EnumerationSpan,
): State {
  const state: State = {
    ports: network.ports.map(() => ({
      queues: Array.from({ length: 8 }, () => []),
      freeAt: Number.NEGATIVE_INFINITY,
    })),
    coming: new Map(),
    deliveries: [],
    order: {},
    waiting: 0,
  };
  for (const stream of model.streams) {
    for (let instance = 0; ; instance++) {
      const planned = (stream.offsetNs ?? 0) + instance * stream.periodNs;
      if (planned > span.untilNs) break;
      const delay = choice.releaseDelaysNs[`${stream.id}#${instance}`] ?? 0;
      const clock = choice.clockErrorsNs[stream.talker] ?? 0;
      comes(state, { stream, instance }, stream.talker, planned + delay + clock);
    }
  }
  return state;
}

function comes(state: State, frame: Frame, node: string, atNs: number): void {
  state.coming.set(atNs, [...(state.coming.get(atNs) ?? []), { frame, node }]);
}

function copied(state: State): State {
  return {
    ports: state.ports.map(({ queues, freeAt }) => ({ queues: queues.map((queue) => [...queue]), freeAt })),
    coming: new Map(state.coming),
    deliveries: [...state.deliveries],
    order: Object.fromEntries(Object.entries(state.order).map(([port, frames]) => [port, [...frames]])),
    waiting: state.waiting,
  };
}

interface Entry {
  readonly port: number;
  readonly frame: Frame;
}

/** All orders of entry that differ within some queue. */
function entryOrders(
  network: SimulatedNetwork,
  arrivals: readonly { readonly frame: Frame; readonly node: string }[],
): Entry[][] {
  const entries = arrivals.flatMap(({ frame, node }) =>
    (network.forwarding.get(frame.stream.id)?.get(node) ?? []).map((port) => ({
      port: network.ports.indexOf(port),
      frame,
    })),
  );
  const queues = Map.groupBy(entries, ({ port, frame }) => port * 8 + frame.stream.trafficClass);
  let orders: Entry[][] = [[]];
  for (const queue of queues.values()) {
    orders = orders.flatMap((order) => permutations(queue).map((each) => [...order, ...each]));
  }
  return orders;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length > 6) throw new TooMany();
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

/** By class, for each nanosecond of the cycle: how long the gate is open from then on. */
function openRunsOf(list: TsnModel["gateControlLists"][number]): Float64Array[] {
  const cycle = list.cycleTimeNs;
  const masks = new Uint8Array(cycle);
  let at = 0;
  list.entries.forEach(({ openClasses, durationNs }, index) => {
    const mask = openClasses.reduce((bits, each) => bits | (1 << each), 0);
    const end = index === list.entries.length - 1 ? cycle : at + durationNs;
    for (; at < end; at++) masks[(at + list.baseTimeNs) % cycle] = mask;
  });
  return Array.from({ length: 8 }, (_, trafficClass) => {
    const runs = new Float64Array(cycle);
    const open = (tick: number) => ((masks[tick] ?? 0) >> trafficClass) & 1;
    if (masks.every((_mask, tick) => open(tick))) return runs.fill(Number.POSITIVE_INFINITY);
    // Twice around, so that runs over the end of the cycle are counted whole.
    for (let tick = 2 * cycle - 1, run = 0; tick >= 0; tick--) {
      run = open(tick % cycle) ? run + 1 : 0;
      runs[tick % cycle] = run;
    }
    return runs;
  });
}
