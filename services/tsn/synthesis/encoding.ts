/**
 * The constraints of a time-triggered schedule: every frame has, at every port, a window of its own in each hyperperiod.
 *
 * After Craciunas, Serna Oliver, Chmelik and Steiner, "Scheduling Real-Time Communication in IEEE 802.1Qbv Time
 * Sensitive Networks" (RTNS 2016). Where they keep frames or streams apart in queues, here frames only have to enter a
 * queue in the order in which they leave it, which is weaker and, for windows of one frame, also necessary.
 */
import type { Hop, Plan, Port, StreamPlan } from "../plan.ts";
import { and, atMost, int, less, not, plus, Script, type Term } from "../smt.ts";
import { keepApart, limitEntries } from "./ports.ts";
import type { Group, Queueing, Slot } from "./slots.ts";

/** Whether all frames of a stream have the same offset within their period, or each its own. */
export type Repetition = "periodic" | "free";

/** Which schedules are looked for. */
export interface Kind {
  readonly repetition: Repetition;
  readonly queueing: Queueing;
  /** Whether lists are as short as their devices ask; "unlimited" for whether that is what rules schedules out. */
  readonly entries: "limited" | "unlimited";
}

/** A script and how to read what it is answered. */
export interface SynthesisEncoding {
  readonly script: string;
  readonly slots: readonly Slot[];
  /** By stream id: the variable of its first release. */
  readonly releases: ReadonlyMap<string, Term>;
  /** By name of an assumption in an unsat core: the stream that it stands for. */
  readonly assumptions: ReadonlyMap<string, string>;
}

/** Encodes the search for a schedule of these streams; `plan` says the hyperperiod. */
export function encodeSynthesis(plan: Plan, streams: readonly StreamPlan[], kind: Kind): SynthesisEncoding {
  const script = new Script();
  script.add("(set-option :produce-unsat-cores true)");
  const releases = new Map<string, Term>();
  const assumptions = new Map<string, string>();
  const phases = new Map<Port, Term>();
  const groups = streams.flatMap((each) => {
    const position = plan.streams.indexOf(each);
    const on = script.declare(`on_${position}`, "Bool");
    assumptions.set(on, each.stream.id);
    const release = script.declare(`r_${position}`, "Int");
    releases.set(each.stream.id, release);
    return streamGroups({ script, plan, each, position, on, release, phases, repetition: kind.repetition });
  });
  for (const members of Map.groupBy(groups, ({ slot }) => slot.hop.port).values()) {
    keepApart(script, members, kind.queueing);
    if (kind.entries === "limited") limitEntries(script, members);
  }
  const names = [...groups.map(({ slot }) => slot.variable), ...releases.values()];
  script.add(`(check-sat-assuming (${[...assumptions.keys()].join(" ")}))`);
  script.add(`(get-value (${names.join(" ")}))`);
  script.add("(get-unsat-core)");
  return {
    script: script.toString(),
    slots: groups.flatMap((group) => slotsOf(group, plan)),
    releases,
    assumptions,
  };
}

interface StreamContext {
  readonly script: Script;
  readonly plan: Plan;
  readonly each: StreamPlan;
  readonly position: number;
  readonly on: Term;
  readonly release: Term;
  /** By port whose list counts in ticks: the base time that its windows are whole ticks from. */
  readonly phases: Map<Port, Term>;
  readonly repetition: Repetition;
}

/** Variables of one stream, and the constraints that concern it alone. */
function streamGroups(context: StreamContext): Group[] {
  const { script, plan, each, on, release, repetition } = context;
  const { stream } = each;
  const fixed = stream.offsetNs;
  script.assert(
    fixed === undefined
      ? and([atMost("0", release), less(release, int(stream.periodNs))])
      : `(= ${release} ${int(fixed)})`,
  );
  const count = repetition === "periodic" ? 1 : plan.hyperperiodNs / stream.periodNs;
  const groups: Group[] = [];
  for (let instance = 0; instance < count; instance++) {
    const byHop = new Map<Hop, Group>();
    for (const hop of each.hops) {
      const parent = hop.parent && byHop.get(hop.parent);
      const group = newGroup(context, hop, instance, parent);
      byHop.set(hop, group);
      groups.push(group);
      const after = parent
        ? atMost(parent.slot.variable, group.slot.variable, hop.lagNs + errorsBetween(hop))
        : atMost(release, group.slot.variable, stream.releaseDelayNs);
      const reception = hop.deliveryNs + hop.port.node.syncErrorNs - stream.deadlineNs;
      const inTime = hop.listener === undefined ? "true" : atMost(group.slot.variable, release, reception);
      script.assert(`(=> ${on} ${and([after, inTime])})`);
    }
  }
  if (repetition === "free") limitJitter(context, groups);
  return groups;
}

function newGroup(context: StreamContext, hop: Hop, instance: number, parent: Group | undefined): Group {
  const { script, plan, each, position, on, release, repetition } = context;
  const { stream } = each;
  const granularity = hop.port.node.gateGranularityNs;
  const shiftNs = instance * stream.periodNs;
  const name = `${position}_${hop.index}_${instance}`;
  const variable =
    granularity === 1
      ? script.declare(`s_${name}`, "Int")
      : script.define(`s_${name}`, "Int", plus(inTicks(context, hop.port, `t_${name}`), -shiftNs));
  if (granularity > 1) {
    const counts = repetition === "free" || stream.periodNs % granularity === 0;
    if (!counts && plan.hyperperiodNs > stream.periodNs) script.assert(not(on));
  }
  const released = {
    term: release,
    earliestNs: stream.offsetNs ?? 0,
    latestNs: stream.offsetNs ?? stream.periodNs - 1,
  };
  const source = parent?.start ?? released;
  const lagNs = parent ? hop.lagNs + errorsBetween(hop) : stream.releaseDelayNs;
  return {
    slot: {
      hop,
      instance,
      variable,
      shiftNs,
      windowNs: Math.ceil(hop.durationNs / granularity) * granularity,
    },
    everyNs: repetition === "periodic" ? stream.periodNs : plan.hyperperiodNs,
    on,
    start: {
      term: variable,
      earliestNs: source.earliestNs + lagNs,
      latestNs: released.latestNs + stream.deadlineNs - hop.remainingNs - hop.port.node.syncErrorNs,
    },
    source,
  };
}

/** A time that is whole ticks from the port's base time, which is any nanosecond. */
function inTicks({ script, phases }: StreamContext, port: Port, name: string): Term {
  const { gateGranularityNs } = port.node;
  let phase = phases.get(port);
  if (phase === undefined) {
    phase = script.declare(`p_${phases.size}`, "Int");
    phases.set(port, phase);
    script.assert(and([atMost("0", phase), less(phase, int(gateGranularityNs))]));
  }
  return `(+ ${phase} (* ${gateGranularityNs} ${script.declare(name, "Int")}))`;
}

/** How far the clocks of a hop's device and of the device before it may be apart. */
function errorsBetween(hop: Hop): number {
  if (!hop.parent || hop.parent.port.node === hop.port.node) return 0;
  return hop.parent.port.node.syncErrorNs + hop.port.node.syncErrorNs;
}

function limitJitter({ script, each, position, on }: StreamContext, groups: readonly Group[]): void {
  const jitter = each.stream.maxJitterNs;
  if (jitter === undefined) return;
  for (const hop of each.hops.filter(({ listener }) => listener !== undefined)) {
    const least = script.declare(`j_${position}_${hop.index}`, "Int");
    for (const { slot } of groups.filter((group) => group.slot.hop === hop)) {
      const within = and([atMost(least, slot.variable), atMost(slot.variable, plus(least, jitter))]);
      script.assert(`(=> ${on} ${within})`);
    }
  }
}

/** The slots of a group, one for each instance in the hyperperiod. */
function slotsOf({ slot, everyNs }: Group, plan: Plan): Slot[] {
  return Array.from({ length: plan.hyperperiodNs / everyNs }, (_, repeat) => ({
    ...slot,
    instance: slot.instance + repeat,
    shiftNs: slot.shiftNs + repeat * everyNs,
  }));
}
