/** Property `schedule-exists`: finds a time-triggered schedule, or the streams that cannot have one. */
import type { Verdict } from "../../database/verification.ts";
import { EngineError, type VerifyContext } from "../../verifier/standard.ts";
import { recheckConflict } from "../enumeration/conflict.ts";
import { type Plan, planOf, type StreamPlan } from "../plan.ts";
import { problemsOf } from "../problems.ts";
import type { TsnGateControlList, TsnModel } from "../schema.ts";
import { breaches } from "../simulator/judge.ts";
import { scenariosOf } from "../simulator/scenarios.ts";
import { simulate } from "../simulator/simulate.ts";
import { answerOf } from "../smt.ts";
import { counted, listed, streamsOf } from "../text.ts";
import { validityOf } from "../validity/verify.ts";
import { encodeSynthesis, type Kind, type Repetition, type SynthesisEncoding } from "./encoding.ts";
import { listOf } from "./lists.ts";

/** A schedule, in the form of a model: its lists and offsets make a submission to `schedule-valid`. */
export interface Schedule {
  readonly offsetsNs: Readonly<Record<string, number>>;
  readonly gateControlLists: readonly TsnGateControlList[];
}

type Search =
  | { readonly result: "schedule"; readonly schedule: Schedule }
  | { readonly result: "none"; readonly core: readonly StreamPlan[] }
  | { readonly result: "unknown" };

const definition =
  "every frame has a window of its own at every port in each hyperperiod, as long as the frame takes in ticks of the device, and keeps its deadline and jitter for every constant clock error and all release delays within the model's bounds";

/** Verifies that a schedule exists for a model without problems and without lists. */
export async function verifyExists(model: TsnModel, context: VerifyContext): Promise<Verdict> {
  const plan = planOf(model);
  const once = model.streams.every(({ periodNs }) => periodNs === plan.hyperperiodNs);
  const repetitions: Repetition[] = once ? ["periodic"] : ["periodic", "free"];
  let fragile = false;
  let last: Search = { result: "unknown" };
  for (const repetition of repetitions) {
    for (const queueing of ["isolated", "in-order"] as const) {
      context.progress({ phase: "solve", detail: `${repetition} offsets, ${queueing} queues` });
      last = await search(plan, plan.streams, { repetition, queueing, entries: "limited" }, context);
      if (last.result !== "schedule") continue;
      if (queueing === "isolated" || (await startsWell(model, last.schedule, context))) {
        return judged(model, plan, last.schedule, context);
      }
      fragile = true;
    }
  }
  if (last.result === "none") return withoutSchedule(plan, last.core, context);
  return undecided(
    fragile
      ? "there are windows for all frames, but only such as frames miss when the network starts empty; whether there are others is not known"
      : "the solver found neither a schedule nor that there is none; fewer streams or coarser granularities may help",
  );
}

function undecided(detail: string): Verdict {
  return { verdict: "unknown", reason: { code: "undecided", detail } };
}

/** Any schedule that is not of this kind breaks what a schedule is; lists of any length are looked for. */
const mostGeneral: Kind = { repetition: "free", queueing: "in-order", entries: "unlimited" };

/**
 * What is said when no schedule was found. Longer windows or shorter cycles, which are not looked for, might make lists
 * shorter: so that lists would be too long does not refuse a schedule.
 */
async function withoutSchedule(
  plan: Plan,
  core: readonly StreamPlan[],
  context: VerifyContext,
): Promise<Verdict> {
  if (!limitsMatter(plan)) return conflict(plan, core, context);
  const found = await search(plan, plan.streams, mostGeneral, context);
  if (found.result === "none") return conflict(plan, found.core, context);
  return undecided(
    "no schedule was found whose lists are as short as maxGateEntries asks, one entry for each window and each gap; lists with longer windows or shorter cycles are not looked for",
  );
}

/** Whether some port could need more entries than its device holds: one for each window and one for each gap. */
function limitsMatter({ ports, streams, hyperperiodNs }: Plan): boolean {
  return ports.some((port) => {
    const windows = streams
      .flatMap(({ hops }) => hops.filter((hop) => hop.port === port))
      .reduce((sum, { stream }) => sum + hyperperiodNs / stream.stream.periodNs, 0);
    return 2 * windows > port.node.maxGateEntries;
  });
}

/** Whether the schedule also holds from an empty network on, where frames of the hyperperiod before are missing. */
async function startsWell(model: TsnModel, schedule: Schedule, context: VerifyContext): Promise<boolean> {
  const validity = await validityOf(planOf(withSchedule(model, schedule)), context);
  return validity.result === "holds";
}

async function search(
  plan: Plan,
  streams: readonly StreamPlan[],
  kind: Kind,
  context: VerifyContext,
): Promise<Search> {
  context.signal.throwIfAborted();
  const encoding = encodeSynthesis(plan, streams, kind);
  const { stdout } = await context.runEngine({ engine: "z3", input: encoding.script });
  const answer = answerOf(stdout);
  if (answer.result === "unknown") return { result: "unknown" };
  if (answer.result === "sat")
    return { result: "schedule", schedule: scheduleOf(plan, encoding, answer.values) };
  const named = new Set(answer.core.map((name) => encoding.assumptions.get(name)));
  const core = streams.filter(({ stream }) => named.has(stream.id));
  return { result: "none", core: core.length > 0 ? core : streams };
}

function scheduleOf(plan: Plan, encoding: SynthesisEncoding, values: ReadonlyMap<string, number>): Schedule {
  const startOf = (name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`the solver gave no value for ${name}`);
    return value;
  };
  const used = new Set(encoding.slots.map(({ hop }) => hop.stream.stream.trafficClass));
  const others = [0, 1, 2, 3, 4, 5, 6, 7].filter((each) => !used.has(each));
  const lists = [...Map.groupBy(encoding.slots, ({ hop }) => hop.port)].map(([port, slots]) => {
    const windows = slots.map(({ hop, variable, shiftNs, windowNs }) => ({
      startNs: startOf(variable) + shiftNs,
      durationNs: windowNs,
      trafficClass: hop.stream.stream.trafficClass,
    }));
    return listOf(port, windows, { hyperperiodNs: plan.hyperperiodNs, others });
  });
  const offsets = [...encoding.releases].map(([stream, release]) => [stream, startOf(release)]);
  return { offsetsNs: Object.fromEntries(offsets), gateControlLists: lists };
}

/** The model with a schedule's lists and offsets filled in. */
export function withSchedule(model: TsnModel, schedule: Schedule): TsnModel {
  return {
    ...model,
    streams: model.streams.map((stream) => ({
      ...stream,
      offsetNs: schedule.offsetsNs[stream.id] ?? stream.offsetNs,
    })),
    gateControlLists: [...schedule.gateControlLists],
  };
}

/** Runs the schedule before it is called one. */
function judged(model: TsnModel, plan: Plan, schedule: Schedule, context: VerifyContext): Verdict {
  const scheduled = withSchedule(model, schedule);
  const longest = Math.max(...model.streams.map(({ deadlineNs }) => deadlineNs));
  const judgedUntilNs = 2 * plan.hyperperiodNs;
  const span = { judgedUntilNs, untilNs: judgedUntilNs + longest, hyperperiodNs: plan.hyperperiodNs };
  const scenarios = scenariosOf(scheduled, { untilNs: span.untilNs, random: 10 });
  for (const [index, scenario] of scenarios.entries()) {
    context.signal.throwIfAborted();
    context.progress({
      phase: "recheck",
      detail: "simulate the schedule",
      done: index,
      total: scenarios.length,
    });
    const [breach] = breaches(scheduled, simulate(scheduled, scenario, span), span);
    if (breach) {
      const detail = `the schedule that the solver found breaks in simulation: ${JSON.stringify(breach)}`;
      return { verdict: "unknown", reason: { code: "recheck-failed", detail } };
    }
  }
  const [problem] = problemsOf(scheduled, "schedule-valid");
  if (problem) {
    const detail = `the schedule that the solver found is no valid one: ${problem.pointer}: ${problem.detail}`;
    return { verdict: "unknown", reason: { code: "recheck-failed", detail } };
  }
  return {
    verdict: "proved",
    claim: `A schedule exists for ${streamsOf(model)}: ${definition}. This assumes no other traffic in the traffic classes of the streams.`,
    evidence: { ...schedule },
    recheck: {
      method: "simulation",
      detail: `simulated for 2 hyperperiods of ${plan.hyperperiodNs} ns in ${counted(scenarios.length, "scenario")} of clock errors and release delays: every frame arrived in time`,
    },
  };
}

/** Shrinks a set of streams without a schedule until each one is needed, and says so. */
async function conflict(plan: Plan, core: readonly StreamPlan[], context: VerifyContext): Promise<Verdict> {
  let streams = core;
  let minimal = true;
  try {
    streams = await minimized(plan, core, context);
  } catch (error) {
    // What is known already is worth telling: these streams have no schedule, only maybe fewer would do.
    if (!(error instanceof EngineError)) throw error;
    minimal = false;
  }
  const ids = streams.map(({ stream }) => stream.id);
  const recheck = recheckConflict(plan.model, ids, plan.hyperperiodNs);
  if (recheck.schedulable) {
    const detail = `enumeration found a schedule for ${ids.join(", ")}, for which the solver found none`;
    return { verdict: "unknown", reason: { code: "recheck-failed", detail } };
  }
  const alone = ids.length === 1;
  const named = alone ? `stream ${ids[0]} has none by itself` : `streams ${listed(ids)} have none together`;
  const shrunk = minimal
    ? "without any one of them there are windows for the rest"
    : "maybe fewer of them conflict already";
  return {
    verdict: "violated",
    claim: `No schedule exists in which ${definition}: ${named}.`,
    counterexample: {
      summary: alone ? `${named}.` : `${named}; ${shrunk}.`,
      steps: streams.map(demandOf),
      data: { conflictingStreams: ids, minimal },
    },
    recheck: recheck.recheck,
  };
}

/** Deletes streams as long as the rest has no schedule; a pass over all without a deletion ends it. */
async function minimized(
  plan: Plan,
  core: readonly StreamPlan[],
  context: VerifyContext,
): Promise<readonly StreamPlan[]> {
  let streams = core;
  for (let tried = 0; tried < streams.length && streams.length > 1; ) {
    context.progress({ phase: "minimize", detail: "smallest conflict", done: tried, total: streams.length });
    const [first, ...rest] = streams;
    if (!first) break;
    const found = await search(plan, rest, mostGeneral, context);
    if (found.result === "unknown")
      throw new EngineError("failed", "the solver did not decide a smaller conflict");
    if (found.result === "none") {
      streams = rest.filter((each) => found.core.includes(each));
      tried = 0;
    } else {
      streams = [...rest, first];
      tried++;
    }
  }
  return plan.streams.filter((each) => streams.includes(each));
}

/** What a stream asks of the ports it takes. */
function demandOf({ stream, hops }: StreamPlan): string {
  const ports = hops.map(({ port, durationNs }) => `${port.id} (${durationNs} ns)`).join(", ");
  const least = Math.max(...hops.filter(({ parent }) => !parent).map(({ remainingNs }) => remainingNs));
  return `${stream.id}: every ${stream.periodNs} ns one frame at ${ports}; its deadline of ${stream.deadlineNs} ns leaves ${stream.deadlineNs - least - stream.releaseDelayNs} ns to wait`;
}
