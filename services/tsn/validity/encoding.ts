/**
 * What can go wrong with given gate control lists, as one satisfiability problem: is there a run of the network in which
 * a frame is late, or two latencies differ too much? The run is described up to the instant `T` at which the first frame
 * can no longer keep its bound; what comes after does not matter.
 *
 * A port is described exactly: it serves one frame at a time, a frame starts where its gate is open for all of it
 * (IEEE 802.1Q-2022, 8.6.8.4), queues are first in, first out, the highest class that can send does (8.6.8.1), and the
 * port is idle only while none can. Frames that enter a queue at one instant do so in either order.
 */
import { startsWithin } from "../gates.ts";
import type { Plan } from "../plan.ts";
import { and, atMost, int, less, not, or, plus, Script, type Term } from "../smt.ts";
import { type Bounded, type Bounds, sameQueue, startsAround } from "./bounds.ts";

/** Which runs are looked at. */
export interface Extent {
  /** Hyperperiods before the ones in which a frame may be late. */
  readonly before: number;
  /**
   * "empty": the network is empty at 0, and any of the `before + 1` hyperperiods may have the late frame; "any": it has
   * been running for ever, kept its bounds so far, and the last hyperperiod has the late frame.
   */
  readonly start: "empty" | "any";
}

/** One transmission in the encoding. */
export interface Sent {
  readonly of: Bounded;
  /** Counted from the run's first hyperperiod. */
  readonly instance: number;
  readonly shiftNs: number;
  /** When it begins. */
  readonly start: Term;
  /** When the frame enters the queue. */
  readonly enters: Term;
}

/** The script, and what its values mean. */
export interface ValidityEncoding {
  readonly script: string;
  readonly sent: readonly Sent[];
  /** By node: how far its clock is off. */
  readonly clocks: ReadonlyMap<string, Term>;
  /** By `STREAM#INSTANCE`: how late it is handed over. */
  readonly delays: ReadonlyMap<string, Term>;
}

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

/** Encodes the search for a run that breaks a bound. */
export function encodeValidity(plan: Plan, bounds: Bounds, extent: Extent): ValidityEncoding {
  return new Encoder(plan, bounds, extent).encode();
}

class Encoder {
  readonly #plan: Plan;
  readonly #bounds: Bounds;
  readonly #extent: Extent;
  readonly #script = new Script();
  readonly #clocks = new Map<string, Term>();
  readonly #delays = new Map<string, Term>();
  readonly #sent = new Map<string, Sent>();
  readonly #orders = new Map<string, Term>();
  readonly #rivalsOf = new Map<Sent, Rivals>();
  /** Pairs that `#apart` has been said of. */
  readonly #done = new Set<string>();

  constructor(plan: Plan, bounds: Bounds, extent: Extent) {
    this.#plan = plan;
    this.#bounds = bounds;
    this.#extent = extent;
  }

  encode(): ValidityEncoding {
    const script = this.#script;
    script.declare("T", "Int");
    for (const { id, syncErrorNs } of this.#plan.model.nodes) {
      if (syncErrorNs === 0) continue;
      const clock = script.declare(`c_${this.#clocks.size}`, "Int");
      this.#clocks.set(id, clock);
      script.assert(and([atMost(int(-syncErrorNs), clock), atMost(clock, int(syncErrorNs))]));
    }
    this.#declare();
    for (const sent of this.#sent.values()) {
      this.#gate(sent);
      this.#port(sent);
      this.#checkLength();
    }
    script.assert(or([...this.#lateness(), ...this.#jitter()]));
    const names = [...this.#clocks.values(), ...this.#delays.values(), ...this.#orders.values(), "T"];
    const starts = [...this.#sent.values()].map(({ start }) => start);
    script.add("(check-sat)");
    script.add(`(get-value (${[...names, ...starts].join(" ")}))`);
    return {
      script: script.toString(),
      sent: [...this.#sent.values()],
      clocks: this.#clocks,
      delays: this.#delays,
    };
  }

  /** Transmissions that can begin while the late frame is awaited, and the bounds that all keep until then. */
  #declare(): void {
    const { before } = this.#extent;
    const lastNs = Math.max(...this.#bounds.all.map(({ startLatestNs }) => startLatestNs));
    const endNs = lastNs + before * this.#plan.hyperperiodNs + 1;
    const bounded = [...this.#bounds.all.entries()];
    for (let turn = 0; turn * this.#plan.hyperperiodNs <= endNs + this.#earlyNs(); turn++) {
      const shiftNs = turn * this.#plan.hyperperiodNs;
      for (const [index, of] of bounded) {
        if (of.enterEarliestNs + shiftNs > endNs) continue;
        this.#sent.set(keyOf(of, shiftNs), this.#newSent(of, index, turn));
      }
    }
  }

  #checkLength(): void {
    if (this.#script.length > maximumLength) throw new TooLarge("too many frames may meet at one port");
  }

  #earlyNs(): number {
    return Math.max(0, ...this.#bounds.all.map(({ enterEarliestNs }) => -enterEarliestNs));
  }

  #newSent(of: Bounded, index: number, turn: number): Sent {
    const script = this.#script;
    const { stream } = of.hop.stream;
    const shiftNs = turn * this.#plan.hyperperiodNs;
    const instance = of.instance + (turn * this.#plan.hyperperiodNs) / stream.periodNs;
    const start = script.declare(`s_${index}_${turn}`, "Int");
    const parent = of.parent && this.#sent.get(keyOf(of.parent, shiftNs));
    const enters = parent
      ? plus(parent.start, of.hop.lagNs)
      : this.#release(`${stream.id}#${instance}`, of, shiftNs);
    const sent = { of, instance, shiftNs, start, enters };
    const latest = of.startLatestNs + shiftNs;
    script.assert(atMost(enters, start));
    // Follows from the rest; said because it is quickly read from here.
    script.assert(atMost(int(of.startEarliestNs + shiftNs), start));
    script.assert(or([atMost(start, int(latest)), atMost("T", int(latest + 1))]));
    return sent;
  }

  /** When the talker hands a frame over. */
  #release(frame: string, of: Bounded, shiftNs: number): Term {
    const { stream } = of.hop.stream;
    const clock = this.#clocks.get(stream.talker);
    const parts = [int(of.plannedNs + shiftNs), ...(clock ? [clock] : [])];
    if (stream.releaseDelayNs > 0) {
      let delay = this.#delays.get(frame);
      if (delay === undefined) {
        delay = this.#script.declare(`d_${this.#delays.size}`, "Int");
        this.#delays.set(frame, delay);
        this.#script.assert(and([atMost("0", delay), atMost(delay, int(stream.releaseDelayNs))]));
      }
      parts.push(delay);
    }
    return parts.length === 1 ? `${parts[0]}` : `(+ ${parts.join(" ")})`;
  }

  /** A transmission that begins before `T` does so where its gate is open for all of it. */
  #gate(sent: Sent): void {
    this.#script.assert(or([this.#waits(sent), this.#allowed(sent, sent, sent.start)]));
  }

  /** Not begun before `T`. */
  #waits(sent: Sent): Term {
    return atMost("T", sent.start);
  }

  /** That a frame like `sent` may begin at a time within the bounds of `during`. */
  #allowed(sent: Sent, during: Sent, time: Term): Term {
    const { hop } = sent.of;
    const fromNs = during.of.enterEarliestNs + during.shiftNs;
    const toNs = during.of.startLatestNs + during.shiftNs;
    const clock = this.#clocks.get(hop.port.node.id);
    return or(
      startsAround(hop, fromNs, toNs).map(({ firstNs, lastNs }) => {
        if (firstNs === Number.NEGATIVE_INFINITY) return "true";
        const shifted = (value: number) => (clock ? plus(clock, value) : int(value));
        return and([atMost(shifted(firstNs), time), atMost(time, shifted(lastNs))]);
      }),
    );
  }

  /** What a transmission has to do with the others at its port. */
  #port(sent: Sent): void {
    const rivals = this.#rivals(sent);
    for (const rival of rivals.known) this.#apart(sent, rival);
    // Beyond the first hyperperiod of a run of unknown past there are rivals that the encoding does not know. Then the
    // port may be busy with them: leaving the rules out allows more runs, not fewer.
    if (!rivals.complete) return;
    this.#notIdle(sent, rivals.known);
    for (const rival of rivals.known) {
      if (rival.of.hop.stream.stream.trafficClass > sent.of.hop.stream.stream.trafficClass)
        this.#givesWay(sent, rival);
    }
  }

  #rivals(sent: Sent): Rivals {
    const cached = this.#rivalsOf.get(sent);
    if (cached) return cached;
    const known: Sent[] = [];
    let complete = true;
    for (const { of, shiftNs } of this.#bounds.rivals(sent.of)) {
      const rival = this.#sent.get(keyOf(of, sent.shiftNs + shiftNs));
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
  #apart(sent: Sent, rival: Sent): void {
    const [a, b] = sent.start < rival.start ? [sent, rival] : [rival, sent];
    const key = `${a.start} ${b.start}`;
    if (this.#done.has(key)) return;
    this.#done.add(key);
    if (!sameQueue(a.of.hop, b.of.hop)) {
      const one = or([this.#ends(a, b.start), this.#ends(b, a.start)]);
      this.#script.assert(or([and([this.#waits(a), this.#waits(b)]), one]));
      return;
    }
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const before = this.#before(first, second);
      // An order that is known beforehand may be broken by frames that are late: after `T`, which does not matter.
      if (before !== "true") this.#script.assert(or([not(before), atMost(first.enters, second.enters)]));
      this.#script.assert(or([not(before), this.#waits(second), this.#ends(first, second.start)]));
    }
  }

  /** That a transmission has ended at a time. */
  #ends(sent: Sent, time: Term): Term {
    return atMost(sent.start, time, sent.of.hop.durationNs);
  }

  /** No instant before its start at which the frame was first in its queue, its gate open and the port idle. */
  #notIdle(sent: Sent, rivals: readonly Sent[]): void {
    const { hop } = sent.of;
    const fromNs = sent.of.enterEarliestNs + sent.shiftNs;
    const toNs = sent.of.startLatestNs + sent.shiftNs;
    const clock = this.#clocks.get(hop.port.node.id);
    const opens = startsAround(hop, fromNs, toNs).flatMap(({ firstNs }) =>
      firstNs === Number.NEGATIVE_INFINITY ? [] : [clock ? plus(clock, firstNs) : int(firstNs)],
    );
    const ends = rivals.map(({ start, of }) => plus(start, of.hop.durationNs));
    // The first such instant is where the frame enters, its gate opens or another transmission ends.
    for (const time of [sent.enters, ...opens, ...ends]) {
      const chance = and([
        less(time, sent.start),
        less(time, "T"),
        time === sent.enters ? "true" : atMost(sent.enters, time),
        opens.includes(time) ? "true" : this.#allowed(sent, sent, time),
        ...rivals.map((rival) => or([less(time, rival.start), this.#ends(rival, time)])),
        ...rivals
          .filter((rival) => sameQueue(hop, rival.of.hop))
          .map((rival) => or([not(this.#before(rival, sent)), atMost(rival.start, time)])),
      ]);
      this.#script.assert(not(chance));
      this.#checkLength();
    }
  }

  /** A frame does not begin where one of a higher class could. */
  #givesWay(sent: Sent, higher: Sent): void {
    const ahead = this.#rivals(higher);
    if (!ahead.complete || !mayBothBeOpen(sent, higher)) return;
    const could = and([
      less(sent.start, "T"),
      atMost(higher.enters, sent.start),
      less(sent.start, higher.start),
      this.#allowed(higher, sent, sent.start),
      ...ahead.known
        .filter((other) => sameQueue(higher.of.hop, other.of.hop))
        .map((other) => or([not(this.#before(other, higher)), less(other.start, sent.start)])),
    ]);
    this.#script.assert(not(could));
  }

  /** Transmissions that have not begun by their bound; `T` is the instant after it. */
  #lateness(): Term[] {
    return this.#judged().map((sent) => {
      const latest = sent.of.startLatestNs + sent.shiftNs;
      return and([`(= T ${int(latest + 1)})`, less(int(latest), sent.start)]);
    });
  }

  #judged(): Sent[] {
    const { before, start } = this.#extent;
    const lastNs = before * this.#plan.hyperperiodNs;
    return [...this.#sent.values()].filter(({ shiftNs }) =>
      start === "empty" ? shiftNs <= lastNs : shiftNs === lastNs,
    );
  }

  /** Pairs of frames whose latencies at one listener differ too much. */
  #jitter(): Term[] {
    const judged = this.#judged();
    return judged.flatMap((sent) => {
      const { hop } = sent.of;
      const { maxJitterNs: jitter, periodNs } = hop.stream.stream;
      if (jitter === undefined || hop.listener === undefined) return [];
      const earlier = [...this.#sent.values()].filter(
        (other) =>
          other.of.hop === hop &&
          other.instance < sent.instance &&
          (sent.instance - other.instance) * periodNs <= this.#plan.hyperperiodNs,
      );
      return earlier.flatMap((other) => {
        const apart = (sent.instance - other.instance) * periodNs;
        const both = [less(sent.start, "T"), less(other.start, "T")];
        return [
          and([...both, less(plus(other.start, apart + jitter), sent.start)]),
          and([...both, less(sent.start, plus(other.start, apart - jitter))]),
        ];
      });
    });
  }
}

function keyOf(of: Bounded, shiftNs: number): string {
  return `${of.hop.stream.stream.id}#${of.instance}@${of.hop.index}+${shiftNs}`;
}

/** Whether the gates of two transmissions at one port are ever open for both. */
function mayBothBeOpen(a: Sent, b: Sent): boolean {
  const { gates } = a.of.hop.port;
  const cycle = gates.cycleNs ?? 0;
  const starts = (sent: Sent) => {
    const { hop } = sent.of;
    const frame = { trafficClass: hop.stream.stream.trafficClass, durationNs: hop.durationNs };
    return startsWithin(gates, frame, { fromNs: 0, toNs: cycle });
  };
  const others = starts(b);
  return starts(a).some((x) => others.some((y) => x.firstNs <= y.lastNs && y.firstNs <= x.lastNs));
}
