/**
 * What can go wrong with given gate control lists, as one satisfiability problem: is there a run of the network in which
 * a frame is late, or two latencies differ too much? The run is described up to its end, the instant at which the first
 * frame can no longer keep its bound; what comes after does not matter.
 *
 * Every run of the network satisfies the problem up to its first breach. The starts of frames that have not begun by then
 * are those of any continuation, as if gates were open from some later instant on: so they are finite and in order.
 */
import type { Plan } from "../plan.ts";
import { and, int, less, or, plus, type Term } from "../smt.ts";
import type { Bounds } from "./bounds.ts";
import { servePorts } from "./ports.ts";
import { type Extent, end, type Sent, Transmissions } from "./transmissions.ts";

/** The script, and what its values mean. */
export interface ValidityEncoding {
  readonly script: string;
  readonly sent: readonly Sent[];
  /** By node: how far its clock is off. */
  readonly clocks: ReadonlyMap<string, Term>;
  /** By `STREAM#INSTANCE`: how late it is handed over. */
  readonly delays: ReadonlyMap<string, Term>;
}

/**
 * Encodes the search for a run that breaks a bound.
 *
 * @throws TooLarge when no solver could be asked to read it
 */
export function encodeValidity(plan: Plan, bounds: Bounds, extent: Extent): ValidityEncoding {
  const transmissions = new Transmissions(plan, bounds, extent);
  servePorts(transmissions, bounds, extent);
  const { script, all: sent, clocks, delays } = transmissions;
  const lastNs = extent.before * plan.hyperperiodNs;
  const judged = sent.filter(({ shiftNs }) =>
    extent.start === "empty" ? shiftNs <= lastNs : shiftNs === lastNs,
  );
  script.assert(or([...judged.map(lateness), ...judged.flatMap((each) => jitter(each, sent, plan))]));
  script.add("(check-sat)");
  const asked = [...clocks.values(), ...delays.values(), end, ...sent.map(({ start }) => start)];
  script.add(`(get-value (${asked.join(" ")}))`);
  return { script: script.toString(), sent, clocks, delays };
}

/** A transmission that has not begun by its bound: the run ends at the instant after it. */
function lateness({ of, shiftNs, start }: Sent): Term {
  const latestNs = of.startLatestNs + shiftNs;
  return and([`(= ${end} ${int(latestNs + 1)})`, less(int(latestNs), start)]);
}

/** Earlier frames of the stream whose latency at the listener differs too much. */
function jitter(sent: Sent, all: readonly Sent[], plan: Plan): Term[] {
  const { hop } = sent.of;
  const { maxJitterNs, periodNs } = hop.stream.stream;
  if (maxJitterNs === undefined || hop.listener === undefined) return [];
  return all.flatMap((other) => {
    const apartNs = (sent.instance - other.instance) * periodNs;
    if (other.of.hop !== hop || apartNs <= 0 || apartNs > plan.hyperperiodNs) return [];
    const both = [less(sent.start, end), less(other.start, end)];
    return [
      and([...both, less(plus(other.start, apartNs + maxJitterNs), sent.start)]),
      and([...both, less(sent.start, plus(other.start, apartNs - maxJitterNs))]),
    ];
  });
}
