/**
 * A discrete-event simulation of a network of IEEE 802.1Q bridges with scheduled traffic: queues are first in, first out;
 * of the queues whose gate is open for long enough, the highest class sends; a frame is forwarded once it is received
 * whole (8.6.8 of IEEE 802.1Q-2022). The network is empty before the first release.
 */
import type { Scenario, TsnModel, TsnStream } from "../schema.ts";
import { gatesAt, networkOf, openForNs, passingNs, type SimulatedPort } from "./network.ts";

/** One frame at one port. `startNs` is left out when it was not sent before the end of the simulation. */
export interface Passage {
  readonly stream: string;
  readonly instance: number;
  /** `NODE>LINK` */
  readonly port: string;
  readonly trafficClass: number;
  readonly enteredNs: number;
  startNs?: number;
  endNs?: number;
}

/** A frame that a listener has received whole. Its latency is counted from the planned release. */
export interface Delivery {
  readonly stream: string;
  readonly instance: number;
  readonly listener: string;
  readonly atNs: number;
  readonly latencyNs: number;
}

/** What happened, in the order in which it happened. */
export interface Trace {
  readonly passages: readonly Passage[];
  readonly deliveries: readonly Delivery[];
}

type Event = { readonly atNs: number; readonly does: () => void };

/** Runs the network under a scenario until `untilNs`. Talkers go on to the end: what is sent last meets the next frames, too. */
export function simulate(model: TsnModel, scenario: Scenario, span: { readonly untilNs: number }): Trace {
  const network = networkOf(model, scenario.clockErrorsNs);
  const events = new Agenda();
  const passages: Passage[] = [];
  const deliveries: Delivery[] = [];
  const busyUntil = new Map<SimulatedPort, number>();
  /** Until when a port is looked at again because its gates change. */
  const nextChange = new Map<SimulatedPort, number>();
  const queues = new Map<SimulatedPort, Passage[]>();
  const ranks = new Map(
    Object.entries(scenario.queueOrder).map(([port, frames]) => [
      port,
      new Map(frames.map((f, i) => [f, i])),
    ]),
  );
  const streams = new Map(model.streams.map((stream) => [stream.id, stream]));
  const touched = new Set<SimulatedPort>();

  const rankOf = ({ port, stream, instance }: Passage) =>
    ranks.get(port)?.get(`${stream}#${instance}`) ?? Number.MAX_SAFE_INTEGER;

  const enter = (stream: TsnStream, instance: number, node: string, atNs: number) => {
    for (const port of network.forwarding.get(stream.id)?.get(node) ?? []) {
      const passage: Passage = {
        stream: stream.id,
        instance,
        port: port.id,
        trafficClass: stream.trafficClass,
        enteredNs: atNs,
      };
      passages.push(passage);
      const queue = queues.get(port) ?? [];
      let place = queue.length;
      for (let before = queue[place - 1]; before; before = queue[place - 1]) {
        if (before.enteredNs < atNs || rankOf(before) <= rankOf(passage)) break;
        place--;
      }
      queue.splice(place, 0, passage);
      queues.set(port, queue);
      touched.add(port);
    }
  };

  const send = (port: SimulatedPort, passage: Passage, atNs: number) => {
    const stream = streams.get(passage.stream);
    if (!stream) return;
    const queue = queues.get(port) ?? [];
    queue.splice(queue.indexOf(passage), 1);
    const endNs = atNs + passingNs(model, stream, port);
    passage.startNs = atNs;
    passage.endNs = endNs;
    busyUntil.set(port, endNs);
    events.add({ atNs: endNs, does: () => touched.add(port) });
    const receivedNs = endNs + port.propagationNs;
    if (stream.listeners.includes(port.peer)) {
      const latencyNs = receivedNs - (stream.offsetNs ?? 0) - passage.instance * stream.periodNs;
      deliveries.push({
        stream: stream.id,
        instance: passage.instance,
        listener: port.peer,
        atNs: receivedNs,
        latencyNs,
      });
    }
    const atPeer = receivedNs + port.peerDelayNs;
    events.add({ atNs: atPeer, does: () => enter(stream, passage.instance, port.peer, atPeer) });
  };

  /** Sends what the port can send now, and otherwise looks again when its gates change. */
  const serve = (port: SimulatedPort, atNs: number) => {
    const queue = queues.get(port) ?? [];
    if (queue.length === 0 || (busyUntil.get(port) ?? Number.NEGATIVE_INFINITY) > atNs) return;
    const deviceNs = atNs - port.clockErrorNs;
    for (let trafficClass = 7; trafficClass >= 0; trafficClass--) {
      const head = queue.find((passage) => passage.trafficClass === trafficClass);
      const stream = head && streams.get(head.stream);
      if (!head || !stream) continue;
      const needed = passingNs(model, stream, port);
      if (openForNs(port, trafficClass, deviceNs, needed) >= needed) {
        send(port, head, atNs);
        return;
      }
    }
    if (!port.list) return;
    const nextNs = atNs + gatesAt(port.list, deviceNs).forNs;
    if (nextChange.get(port) === nextNs) return;
    nextChange.set(port, nextNs);
    events.add({ atNs: nextNs, does: () => touched.add(port) });
  };

  for (const stream of model.streams) {
    const first = stream.offsetNs ?? 0;
    for (let instance = 0; first + instance * stream.periodNs <= span.untilNs; instance++) {
      const delay = scenario.releaseDelaysNs[`${stream.id}#${instance}`] ?? 0;
      const atNs = first + instance * stream.periodNs + delay + (scenario.clockErrorsNs[stream.talker] ?? 0);
      events.add({ atNs, does: () => enter(stream, instance, stream.talker, atNs) });
    }
  }
  for (let now = events.next(); now !== undefined && now <= span.untilNs; now = events.next()) {
    // Everything that enters a queue at this instant is there before a port chooses.
    for (const event of events.take(now)) event.does();
    const ports = [...touched];
    touched.clear();
    for (const port of ports) serve(port, now);
  }
  return { passages, deliveries };
}

/** Events by time: a binary heap. */
class Agenda {
  readonly #heap: Event[] = [];

  add(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || above.atNs <= event.atNs) break;
      heap[at] = above;
      heap[parent] = event;
      at = parent;
    }
  }

  /** The time of the next event. */
  next(): number | undefined {
    return this.#heap[0]?.atNs;
  }

  /** Removes and gives all events of that time. */
  take(atNs: number): Event[] {
    const taken: Event[] = [];
    while (this.#heap[0]?.atNs === atNs) {
      const first = this.#pop();
      if (first) taken.push(first);
    }
    return taken;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (right && left && right.atNs < left.atNs) child++;
      const below = heap[child];
      if (!below || below.atNs >= last.atNs) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
