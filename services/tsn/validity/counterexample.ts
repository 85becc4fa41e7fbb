/** A run that breaks what its streams ask for, as people read it and as the simulator replays it. */
import { gatesOf, startsWithin } from "../gates.ts";
import { durationOf } from "../plan.ts";
import type { Scenario, TsnModel } from "../schema.ts";
import type { Breach } from "../simulator/judge.ts";
import type { Passage, Trace } from "../simulator/simulate.ts";

/** How long a run is. */
export interface Span {
  readonly judgedUntilNs: number;
  readonly untilNs: number;
  readonly hyperperiodNs: number;
}

/** A run, and what it breaks. */
export interface BrokenRun {
  readonly scenario: Scenario;
  readonly span: Span;
  readonly breach: Breach;
  readonly trace: Trace;
}

export interface Counterexample {
  readonly summary: string;
  readonly steps: string[];
  /** Enough for `simulate` and `breaches` to find the same breach. */
  readonly data: { readonly scenario: Scenario; readonly span: Span; readonly breach: Breach };
}

/** Tells a run: what is off in it, and the way of the frame that is late. */
export function describe(model: TsnModel, { scenario, span, breach, trace }: BrokenRun): Counterexample {
  const instances = breach.kind === "deadline" ? [breach.instance] : breach.instances;
  const steps = [
    ...Object.entries(scenario.clockErrorsNs)
      .filter(([, error]) => error !== 0)
      .map(
        ([node, error]) => `The clock of ${node} is ${Math.abs(error)} ns ${error > 0 ? "behind" : "ahead"}.`,
      ),
    ...instances.flatMap((instance) => wayOf(model, scenario, trace, { stream: breach.stream, instance })),
  ];
  return {
    summary: summaryOf(breach),
    steps: [...steps, outcomeOf(breach)],
    data: { scenario, span, breach },
  };
}

function summaryOf(breach: Breach): string {
  if (breach.kind === "jitter") {
    const [a, b] = breach.instances;
    return `The latencies of frames ${a} and ${b} of stream ${breach.stream} at ${breach.listener} differ by ${breach.differenceNs} ns.`;
  }
  const frame = `Frame ${breach.instance} of stream ${breach.stream}`;
  if (breach.atNs === undefined)
    return `${frame} does not reach ${breach.listener} at all in the simulated time.`;
  return `${frame} reaches ${breach.listener} ${breach.atNs - breach.dueNs} ns after its deadline.`;
}

function outcomeOf(breach: Breach): string {
  if (breach.kind === "jitter") return summaryOf(breach);
  const received =
    breach.atNs === undefined ? "is not received in the simulated time" : `is received at ${breach.atNs} ns`;
  return `Due at ${breach.listener} at ${breach.dueNs} ns, it ${received}.`;
}

/** The way of one frame, port by port. */
function wayOf(
  model: TsnModel,
  scenario: Scenario,
  trace: Trace,
  frame: { readonly stream: string; readonly instance: number },
): string[] {
  const passages = trace.passages.filter(
    ({ stream, instance }) => stream === frame.stream && instance === frame.instance,
  );
  const delay = scenario.releaseDelaysNs[`${frame.stream}#${frame.instance}`] ?? 0;
  const late = delay > 0 ? [`${frame.stream}#${frame.instance} is handed over ${delay} ns late.`] : [];
  return [...late, ...passages.map((passage) => passageText(model, scenario, trace, passage))];
}

function passageText(model: TsnModel, scenario: Scenario, trace: Trace, passage: Passage): string {
  const frame = `${passage.stream}#${passage.instance}`;
  const entered = `${frame} enters queue ${passage.trafficClass} of ${passage.port} at ${passage.enteredNs} ns`;
  if (passage.startNs === passage.enteredNs)
    return `${entered} and is sent at once, until ${passage.endNs} ns.`;
  const sent =
    passage.startNs === undefined
      ? "is not sent in the simulated time"
      : `is sent from ${passage.startNs} to ${passage.endNs} ns`;
  return `${entered} and ${sent}: ${reasonOf(model, scenario, trace, passage)}.`;
}

/** Why a frame waited: its gate, or who went before it. */
function reasonOf(model: TsnModel, scenario: Scenario, trace: Trace, passage: Passage): string {
  const ahead = trace.passages
    .filter(
      (other) =>
        other !== passage &&
        other.port === passage.port &&
        other.startNs !== undefined &&
        other.startNs <= (passage.startNs ?? Number.POSITIVE_INFINITY) &&
        (other.endNs ?? 0) > passage.enteredNs,
    )
    .slice(-3)
    .map(({ stream, instance, startNs, endNs }) => `${stream}#${instance} (${startNs} to ${endNs} ns)`);
  const window = firstWindow(model, scenario, passage);
  const gate = window
    ? `the first window it would fit lets it begin from ${window}`
    : "no window is long enough for it";
  return ahead.length > 0 ? `${gate}; before it goes ${ahead.join(", ")}` : gate;
}

/** The first window, in the network's time, in which the frame could have been sent after it entered the queue. */
function firstWindow(model: TsnModel, scenario: Scenario, passage: Passage): string | undefined {
  const list = model.gateControlLists.find(({ node, link }) => `${node}>${link}` === passage.port);
  if (!list) return "now on: its gate is always open";
  const stream = model.streams.find(({ id }) => id === passage.stream);
  const link = model.links.find(({ id }) => id === list.link);
  if (!stream || !link) return undefined;
  const error = scenario.clockErrorsNs[list.node] ?? 0;
  const durationNs = durationOf(stream.frameBytes, model.wireOverheadBytes, link.rateMbps);
  const fromNs = passage.enteredNs - error;
  const [first] = startsWithin(
    gatesOf(list),
    { trafficClass: passage.trafficClass, durationNs },
    { fromNs, toNs: fromNs + list.cycleTimeNs },
  );
  if (!first) return undefined;
  if (first.firstNs === Number.NEGATIVE_INFINITY) return "now on: its gate is always open";
  return `${Math.max(first.firstNs + error, passage.enteredNs)} to ${first.lastNs + error} ns`;
}
