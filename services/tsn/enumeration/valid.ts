/** Re-check of a schedule that was proved: all of its runs when they are few, hard ones otherwise. */
import type { Recheck } from "../../database/verification.ts";
import type { Scenario, TsnModel } from "../schema.ts";
import { type Breach, breaches } from "../simulator/judge.ts";
import { scenariosOf } from "../simulator/scenarios.ts";
import { simulate } from "../simulator/simulate.ts";
import { counted } from "../text.ts";
import { enumerate } from "./runs.ts";

/** What the re-check says, or the run that contradicts the proof. */
export type Outcome =
  | { readonly recheck: Recheck }
  | { readonly scenario: Scenario; readonly breach: Breach };

const hyperperiods = 3;

/** Looks for a run of the first hyperperiods that breaks something. */
export function recheckValid(model: TsnModel, hyperperiodNs: number, signal: AbortSignal): Outcome {
  const longest = Math.max(...model.streams.map(({ deadlineNs }) => deadlineNs));
  const judgedUntilNs = hyperperiods * hyperperiodNs;
  const span = { judgedUntilNs, untilNs: judgedUntilNs + longest, hyperperiodNs };
  const all = enumerate(model, span, { ticks: 5_000_000, signal });
  if (all.result === "breaks") return { scenario: all.scenario, breach: all.breach };
  if (all.result === "holds") {
    const runs = all.runs === 1 ? "the one run" : `all ${all.runs} runs`;
    const detail = `${runs} of the first ${hyperperiods} hyperperiods tried, nanosecond by nanosecond: no breach`;
    return { recheck: { method: "enumeration", detail } };
  }
  const scenarios = scenariosOf(model, { untilNs: span.untilNs, random: 20 });
  for (const scenario of scenarios) {
    signal.throwIfAborted();
    const [breach] = breaches(model, simulate(model, scenario, span), span);
    if (breach) return { scenario, breach };
  }
  const detail = `the first ${hyperperiods} hyperperiods simulated in ${counted(scenarios.length, "scenario")} of clock errors and release delays: no breach`;
  return { recheck: { method: "simulation", detail } };
}
