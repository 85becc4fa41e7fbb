/** Property `schedule-valid`: given gate control lists keep every deadline and jitter, whatever is free to happen. */
import type { Verdict } from "../../database/verification.ts";
import type { VerifyContext } from "../../verifier/standard.ts";
import { recheckValid } from "../enumeration/valid.ts";
import { type Plan, type Port, planOf } from "../plan.ts";
import type { Scenario, TsnModel } from "../schema.ts";
import { breaches } from "../simulator/judge.ts";
import { simulate } from "../simulator/simulate.ts";
import { type Answer, answerOf } from "../smt.ts";
import { listed, streamsOf } from "../text.ts";
import { type Bounds, boundsOf } from "./bounds.ts";
import { type Counterexample, describe } from "./counterexample.ts";
import { encodeValidity, type ValidityEncoding } from "./encoding.ts";
import { observe } from "./observe.ts";
import { TooLarge } from "./ports.ts";
import type { Extent } from "./transmissions.ts";

/** Hyperperiods before the judged one: as many as it takes, up to this. */
const maximumBefore = 3;

/** Whether a schedule holds: for ever, not at all, or not known. */
export type Validity =
  | { readonly result: "holds" }
  | { readonly result: "breaks"; readonly scenario: Scenario; readonly judgedUntilNs: number }
  | { readonly result: "undecided"; readonly detail: string };

/** Verifies a model without problems. */
export async function verifyValid(model: TsnModel, context: VerifyContext): Promise<Verdict> {
  const plan = planOf(model);
  const validity = await validityOf(plan, context);
  if (validity.result === "undecided") {
    return { verdict: "unknown", reason: { code: "undecided", detail: validity.detail } };
  }
  context.progress({ phase: "recheck" });
  return validity.result === "holds" ? holds(plan, context) : breaks(plan, validity);
}

/**
 * Decides by induction over hyperperiods. No run from an empty network breaks a bound in its first hyperperiods, and no
 * run that has kept its bounds for so long breaks one in the next: so none ever does.
 */
export async function validityOf(plan: Plan, context: VerifyContext): Promise<Validity> {
  const bounds = boundsOf(plan);
  try {
    for (let before = 1; before <= maximumBefore; before++) {
      const later = await solve(plan, bounds, { before, start: "any" }, context);
      const { encoding, answer } = await solve(plan, bounds, { before, start: "empty" }, context);
      if (answer.result === "sat") {
        const scenario = scenarioOf(encoding, answer.values);
        return { result: "breaks", scenario, judgedUntilNs: (before + 2) * plan.hyperperiodNs };
      }
      if (answer.result === "unknown" || later.answer.result === "unknown")
        return undecided("the solver gave up; separating the streams by windows or classes may help");
      if (later.answer.result === "unsat" || (await holdsAsObserved(plan, before, context)))
        return { result: "holds" };
    }
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return undecided(`${error.message} for an exact proof; separate the streams by windows or classes`);
  }
  return undecided(
    `nothing is broken in the first ${maximumBefore + 1} hyperperiods, but that it stays so is not proved: frames of one hyperperiod wait in the next one`,
  );
}

function undecided(detail: string): Validity {
  return { result: "undecided", detail };
}

/** Tries the induction with the bounds that frames keep in simulation; they are stricter than the deadlines. */
async function holdsAsObserved(plan: Plan, before: number, context: VerifyContext): Promise<boolean> {
  const bounds = observe(plan);
  if (!bounds) return false;
  for (const start of ["any", "empty"] as const) {
    const { answer } = await solve(plan, bounds, { before, start }, context);
    if (answer.result !== "unsat") return false;
  }
  return true;
}

async function solve(
  plan: Plan,
  bounds: Bounds,
  extent: Extent,
  context: VerifyContext,
): Promise<{ encoding: ValidityEncoding; answer: Answer }> {
  context.signal.throwIfAborted();
  const detail =
    extent.start === "empty"
      ? `hyperperiods 1 to ${extent.before + 1} of a network that was empty`
      : `a hyperperiod after ${extent.before} without a breach`;
  context.progress({ phase: "encode", detail });
  const encoding = encodeValidity(plan, bounds, extent);
  context.progress({ phase: "solve", detail });
  const { stdout } = await context.runEngine({ engine: "z3", input: encoding.script });
  return { encoding, answer: answerOf(stdout) };
}

/** What the solver chose, in the words of the model. */
function scenarioOf(encoding: ValidityEncoding, values: ReadonlyMap<string, number>): Scenario {
  const chosen = (terms: ReadonlyMap<string, string>) =>
    Object.fromEntries([...terms].map(([name, term]) => [name, values.get(term) ?? 0]));
  const startOf = ({ start }: { start: string }) => values.get(start) ?? 0;
  const queueOrder: Record<string, string[]> = {};
  for (const [port, sent] of Map.groupBy(encoding.sent, ({ of }) => of.hop.port.id)) {
    queueOrder[port] = sent
      .toSorted((a, b) => startOf(a) - startOf(b))
      .map(({ of, instance }) => `${of.hop.stream.stream.id}#${instance}`);
  }
  return { clockErrorsNs: chosen(encoding.clocks), releaseDelaysNs: chosen(encoding.delays), queueOrder };
}

function holds(plan: Plan, context: VerifyContext): Verdict {
  const { model, hyperperiodNs } = plan;
  const outcome = recheckValid(model, hyperperiodNs, context.signal);
  if ("breach" in outcome) {
    const detail = `the solver found no breach, but this run has one: ${JSON.stringify(outcome)}`;
    return { verdict: "unknown", reason: { code: "recheck-failed", detail } };
  }
  const freedom = "for every constant clock error and all release delays within the model's bounds";
  return {
    verdict: "proved",
    claim: `With these gate control lists every frame of ${streamsOf(model)} keeps its deadline and jitter, ${freedom}, for ever from the start of an empty network. ${assumption(plan)}`,
    recheck: outcome.recheck,
  };
}

/** What the claim assumes of traffic that the model does not know. */
function assumption(plan: Plan): string {
  const shared = plan.ports.filter((port) => sharesGates(plan, port)).map(({ id }) => id);
  const classes = "This assumes no other traffic in the traffic classes of the streams";
  if (shared.length === 0)
    return `${classes}; that of other classes cannot disturb them, for its gates are closed while theirs are open.`;
  const named = shared.length > 6 ? [...shared.slice(0, 5), `${shared.length - 5} more ports`] : shared;
  return `${classes}, and none of any class at ${listed(named)}, where gates are open for both at once.`;
}

/** Whether some gate of a class without streams is open together with one of a class with streams. */
function sharesGates({ model, streams }: Plan, port: Port): boolean {
  const here = streams.filter(({ hops }) => hops.some((hop) => hop.port === port));
  const own = new Set(here.map(({ stream }) => stream.trafficClass));
  const list = model.gateControlLists.find(({ node, link }) => `${node}>${link}` === port.id);
  if (!list) return own.size < 8;
  return list.entries.some(
    ({ openClasses }) =>
      openClasses.some((each) => own.has(each)) && openClasses.some((each) => !own.has(each)),
  );
}

function breaks(plan: Plan, validity: Extract<Validity, { result: "breaks" }>): Verdict {
  const { model, hyperperiodNs } = plan;
  const { scenario, judgedUntilNs } = validity;
  const longest = Math.max(...model.streams.map(({ deadlineNs }) => deadlineNs));
  const span = { judgedUntilNs, untilNs: judgedUntilNs + longest, hyperperiodNs };
  const trace = simulate(model, scenario, span);
  const [breach] = breaches(model, trace, span);
  if (!breach) {
    const detail = "the run that the solver found has no breach in simulation";
    return { verdict: "unknown", reason: { code: "recheck-failed", detail } };
  }
  const counterexample: Counterexample = describe(model, { scenario, span, breach, trace });
  return {
    verdict: "violated",
    claim: `These gate control lists do not keep what the streams ask for: ${counterexample.summary}`,
    counterexample: { ...counterexample, data: { ...counterexample.data } },
    recheck: {
      method: "simulation",
      detail: "simulated from an empty network: the run breaks what the counterexample says",
    },
  };
}
