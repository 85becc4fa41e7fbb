/**
 * What a port does, exactly: it serves one frame at a time, a frame starts where its gate is open for all of it (IEEE
 * 802.1Q-2022, 8.6.8.4), queues are first in, first out, the highest class that can send does (8.6.8.1), and the port is
 * idle only while none can. Frames that enter a queue at one instant do so in any order.
 */
import { startsWithin } from "../gates.ts";
import { and, atMost, less, not, or, plus, type Script, type Term } from "../smt.ts";
import { type Bounds, sameQueue, startsAround } from "./bounds.ts";
import { type Extent, end, isOver, type Sent, type Transmissions, waits } from "./transmissions.ts";

/** Transmissions that share a port with one and may overlap with it. */
interface Rivals {
  readonly known: readonly Sent[];
  /** Whether these are all that there can be. */
  readonly complete: boolean;
}

/** The encoding would be larger than a solver can be asked to read. */
export class TooLarge extends Error {}

/** Characters of a script. */
const maximumLength = 50_000_000;

/** Asserts what ports do with the transmissions of a run until it ends. */
export function servePorts(transmissions: Transmissions, bounds: Bounds, extent: Extent): void {
  const ports = new Ports(transmissions, bounds, extent);
  for (const sent of transmissions.all) ports.serve(sent);
}

class Ports {
  readonly #transmissions: Transmissions;
  readonly #bounds: Bounds;
  readonly #extent: Extent;
  readonly #script: Script;
  readonly #orders = new Map<string, Term>();
  readonly #rivalsOf = new Map<Sent, Rivals>();
  /** Pairs that `#keepApart` has been said of. */
  readonly #apart = new Set<string>();

  constructor(transmissions: Transmissions, bounds: Bounds, extent: Extent) {
    this.#transmissions = transmissions;
    this.#bounds = bounds;
    this.#extent = extent;
    this.#script = transmissions.script;
  }

  serve(sent: Sent): void {
    this.#script.assert(or([waits(sent), this.#transmissions.gateOpen(sent, sent, sent.start)]));
    const rivals = this.#rivals(sent);
    for (const rival of rivals.known) this.#keepApart(sent, rival);
    this.#checkLength();
    // Beyond the first hyperperiod of a run of unknown past there are rivals that the encoding does not know. Then the
    // port may be busy with them: leaving the rules out allows more runs, not fewer.
    if (!rivals.complete) return;
    this.#keepBusy(sent, rivals.known);
    for (const rival of rivals.known) {
      if (rival.of.hop.stream.stream.trafficClass > sent.of.hop.stream.stream.trafficClass)
        this.#giveWay(sent, rival);
    }
  }

  #checkLength(): void {
    if (this.#script.length > maximumLength) throw new TooLarge("too many frames may meet at one port");
  }

  #rivals(sent: Sent): Rivals {
    const cached = this.#rivalsOf.get(sent);
    if (cached) return cached;
    const known: Sent[] = [];
    let complete = true;
    for (const { of, shiftNs } of this.#bounds.rivals(sent.of)) {
      const rival = this.#transmissions.find(of, sent.shiftNs + shiftNs);
      if (rival) known.push(rival);
      else if (sent.shiftNs + shiftNs < 0 && this.#extent.start === "any") complete = false;
    }
    const rivals = { known, complete };
    this.#rivalsOf.set(sent, rivals);
    return rivals;
  }

  /** Whether `a` enters the queue before `b`. */
  #before(a: Sent, b: Sent): Term {
    if (a.of.enterLatestNs + a.shiftNs < b.of.enterEarliestNs + b.shiftNs) return "true";
    if (b.of.enterLatestNs + b.shiftNs < a.of.enterEarliestNs + a.shiftNs) return "false";
    const [first, second] = a.start < b.start ? [a, b] : [b, a];
    const key = `${first.start} ${second.start}`;
    let order = this.#orders.get(key);
    if (order === undefined) {
      order = this.#script.declare(`o_${this.#orders.size}`, "Bool");
      this.#orders.set(key, order);
    }
    return first === a ? order : not(order);
  }

  /** A port serves one frame at a time, and a queue in order. */
  #keepApart(sent: Sent, rival: Sent): void {
    const [a, b] = sent.start < rival.start ? [sent, rival] : [rival, sent];
    const key = `${a.start} ${b.start}`;
    if (this.#apart.has(key)) return;
    this.#apart.add(key);
    if (!sameQueue(a.of.hop, b.of.hop)) {
      const one = or([isOver(a, b.start), isOver(b, a.start)]);
      this.#script.assert(or([and([waits(a), waits(b)]), one]));
      return;
    }
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const before = this.#before(first, second);
      // An order that is known beforehand may be broken by frames that are late: after the end, which does not matter.
      // One that is not known is that of the starts, even of those after the end: so of three frames that enter at one
      // instant, none is before the next in a circle.
      if (before !== "true") {
        const inOrder = and([atMost(first.enters, second.enters), less(first.start, second.start)]);
        this.#script.assert(or([not(before), inOrder]));
      }
      this.#script.assert(or([not(before), waits(second), isOver(first, second.start)]));
    }
  }

  /** No instant before its start at which the frame was first in its queue, its gate open and the port idle. */
  #keepBusy(sent: Sent, rivals: readonly Sent[]): void {
    const { hop } = sent.of;
    const fromNs = sent.of.enterEarliestNs + sent.shiftNs;
    const toNs = sent.of.startLatestNs + sent.shiftNs;
    const opens = startsAround(hop, fromNs, toNs).flatMap(({ firstNs }) =>
      firstNs === Number.NEGATIVE_INFINITY
        ? []
        : [this.#transmissions.inNetworkTime(hop.port.node.id, firstNs)],
    );
    const ends = rivals.map(({ start, of }) => plus(start, of.hop.durationNs));
    const ahead = rivals.filter((rival) => sameQueue(hop, rival.of.hop));
    // The first such instant is where the frame enters, its gate opens or another transmission ends.
    for (const time of [sent.enters, ...opens, ...ends]) {
      const chance = and([
        less(time, sent.start),
        less(time, end),
        time === sent.enters ? "true" : atMost(sent.enters, time),
        opens.includes(time) ? "true" : this.#transmissions.gateOpen(sent, sent, time),
        ...rivals.map((rival) => or([less(time, rival.start), isOver(rival, time)])),
        ...ahead.map((rival) => or([not(this.#before(rival, sent)), atMost(rival.start, time)])),
      ]);
      this.#script.assert(not(chance));
      this.#checkLength();
    }
  }

  /** A frame does not begin where one of a higher class could. */
  #giveWay(sent: Sent, higher: Sent): void {
    const rivals = this.#rivals(higher);
    if (!rivals.complete || !mayBothBegin(sent, higher)) return;
    const ahead = rivals.known.filter((other) => sameQueue(higher.of.hop, other.of.hop));
    const could = and([
      less(sent.start, end),
      atMost(higher.enters, sent.start),
      less(sent.start, higher.start),
      this.#transmissions.gateOpen(higher, sent, sent.start),
      ...ahead.map((other) => or([not(this.#before(other, higher)), less(other.start, sent.start)])),
    ]);
    this.#script.assert(not(could));
  }
}

/** Whether there is an instant of the cycle at which the gates let either of two transmissions at one port begin. */
function mayBothBegin(a: Sent, b: Sent): boolean {
  const { gates } = a.of.hop.port;
  const starts = ({ of: { hop } }: Sent) => {
    const frame = { trafficClass: hop.stream.stream.trafficClass, durationNs: hop.durationNs };
    return startsWithin(gates, frame, { fromNs: 0, toNs: gates.cycleNs ?? 0 });
  };
  const others = starts(b);
  return starts(a).some((x) => others.some((y) => x.firstNs <= y.lastNs && y.firstNs <= x.lastNs));
}
