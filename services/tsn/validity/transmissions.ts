/** The unknowns of a run: when each transmission begins, how far clocks are off and how late talkers are. */
import type { Plan } from "../plan.ts";
import { and, atMost, int, or, plus, Script, type Term } from "../smt.ts";
import { type Bounded, type Bounds, startsAround } from "./bounds.ts";

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

/** The instant at which the run ends: what happens from then on does not matter. */
export const end: Term = "T";

/** The transmissions of the runs that an extent looks at, each within its bounds until the run ends. */
export class Transmissions {
  readonly script = new Script();
  /** By node: how far its clock is off. Nodes whose clocks are exact have none. */
  readonly clocks = new Map<string, Term>();
  /** By `STREAM#INSTANCE`: how late it is handed over. */
  readonly delays = new Map<string, Term>();
  readonly #plan: Plan;
  readonly #sent = new Map<string, Sent>();

  constructor(plan: Plan, bounds: Bounds, extent: Extent) {
    this.#plan = plan;
    this.script.declare(end, "Int");
    for (const { id, syncErrorNs } of plan.model.nodes) {
      if (syncErrorNs === 0) continue;
      const clock = this.script.declare(`c_${this.clocks.size}`, "Int");
      this.clocks.set(id, clock);
      this.script.assert(and([atMost(int(-syncErrorNs), clock), atMost(clock, int(syncErrorNs))]));
    }
    this.#declareAll(bounds, extent);
  }

  get all(): readonly Sent[] {
    return [...this.#sent.values()];
  }

  find(of: Bounded, shiftNs: number): Sent | undefined {
    return this.#sent.get(keyOf(of, shiftNs));
  }

  /** Device times, such as the edges of windows, in the network's time. */
  inNetworkTime(node: string, deviceNs: number): Term {
    const clock = this.clocks.get(node);
    return clock ? plus(clock, deviceNs) : int(deviceNs);
  }

  /** That the gate is open for all of a frame like `sent` that begins at a time within the bounds of `during`. */
  gateOpen(sent: Sent, during: Sent, time: Term): Term {
    const { hop } = sent.of;
    const fromNs = during.of.enterEarliestNs + during.shiftNs;
    const toNs = during.of.startLatestNs + during.shiftNs;
    return or(
      startsAround(hop, fromNs, toNs).map(({ firstNs, lastNs }) => {
        if (firstNs === Number.NEGATIVE_INFINITY) return "true";
        const edge = (deviceNs: number) => this.inNetworkTime(hop.port.node.id, deviceNs);
        return and([atMost(edge(firstNs), time), atMost(time, edge(lastNs))]);
      }),
    );
  }

  /** All that can enter a queue before the run ends: no frame that is judged has a later bound than `lastNs`. */
  #declareAll(bounds: Bounds, { before }: Extent): void {
    const { hyperperiodNs } = this.#plan;
    const lastNs =
      Math.max(...bounds.all.map(({ startLatestNs }) => startLatestNs)) + before * hyperperiodNs + 1;
    const earlyNs = Math.max(0, ...bounds.all.map(({ enterEarliestNs }) => -enterEarliestNs));
    for (let turn = 0; turn * hyperperiodNs <= lastNs + earlyNs; turn++) {
      const shiftNs = turn * hyperperiodNs;
      for (const [index, of] of bounds.all.entries()) {
        if (of.enterEarliestNs + shiftNs > lastNs) continue;
        this.#sent.set(keyOf(of, shiftNs), this.#declare(of, `s_${index}_${turn}`, shiftNs));
      }
    }
  }

  #declare(of: Bounded, name: string, shiftNs: number): Sent {
    const { script } = this;
    const { stream } = of.hop.stream;
    const instance = of.instance + shiftNs / stream.periodNs;
    const start = script.declare(name, "Int");
    const parent = of.parent && this.find(of.parent, shiftNs);
    const enters = parent
      ? plus(parent.start, of.hop.lagNs)
      : this.#release(`${stream.id}#${instance}`, of, shiftNs);
    const latestNs = of.startLatestNs + shiftNs;
    script.assert(atMost(enters, start));
    // Follows from the gates (see `bounds.ts`); said because it is quickly read from here.
    script.assert(atMost(int(of.startEarliestNs + shiftNs), start));
    script.assert(or([atMost(start, int(latestNs)), atMost(end, int(latestNs + 1))]));
    return { of, instance, shiftNs, start, enters };
  }

  /** When the talker hands a frame over. */
  #release(frame: string, of: Bounded, shiftNs: number): Term {
    const { stream } = of.hop.stream;
    const planned = this.inNetworkTime(stream.talker, of.plannedNs + shiftNs);
    if (stream.releaseDelayNs === 0) return planned;
    let delay = this.delays.get(frame);
    if (delay === undefined) {
      delay = this.script.declare(`d_${this.delays.size}`, "Int");
      this.delays.set(frame, delay);
      this.script.assert(and([atMost("0", delay), atMost(delay, int(stream.releaseDelayNs))]));
    }
    return `(+ ${planned} ${delay})`;
  }
}

/** Not begun before the run ends. */
export const waits = (sent: Sent): Term => atMost(end, sent.start);

/** That a transmission is over at a time. */
export const isOver = (sent: Sent, time: Term): Term => atMost(sent.start, time, sent.of.hop.durationNs);

function keyOf(of: Bounded, shiftNs: number): string {
  return `${of.hop.stream.stream.id}#${of.instance}@${of.hop.index}+${shiftNs}`;
}
