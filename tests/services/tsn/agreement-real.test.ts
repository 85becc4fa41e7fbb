/** The engine's answers against all runs and all orders of small random models. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ordersDecide, tryOrders } from "../../../services/tsn/enumeration/orders.ts";
import { enumerate } from "../../../services/tsn/enumeration/runs.ts";
import { planOf } from "../../../services/tsn/plan.ts";
import { problemsOf } from "../../../services/tsn/problems.ts";
import type { Scenario, TsnModel } from "../../../services/tsn/schema.ts";
import { breaches } from "../../../services/tsn/simulator/judge.ts";
import { scenariosOf } from "../../../services/tsn/simulator/scenarios.ts";
import { simulate } from "../../../services/tsn/simulator/simulate.ts";
import { type Schedule, verifyExists, withSchedule } from "../../../services/tsn/synthesis/verify.ts";
import type { Counterexample } from "../../../services/tsn/validity/counterexample.ts";
import { validityOf, verifyValid } from "../../../services/tsn/validity/verify.ts";
import { engineContext } from "./engine.ts";
import { fixed, givenSchedules, runs, soughtSchedules } from "./models.ts";

/** Generous: each model takes some runs of the engine. */
const patience = 60_000 + runs * 5_000;

/** Whether the models are enough to say what share of them has which verdict. */
const many = runs >= 50;

const never = new AbortController().signal;

function allRuns(model: TsnModel) {
  const { hyperperiodNs } = planOf(model);
  const judgedUntilNs = 4 * hyperperiodNs;
  const longest = Math.max(...model.streams.map(({ deadlineNs }) => deadlineNs));
  const span = { judgedUntilNs, untilNs: judgedUntilNs + longest, hyperperiodNs };
  const all = enumerate(model, span, { ticks: 20_000_000, signal: never });
  const simulated = (scenario: Scenario) => breaches(model, simulate(model, scenario, span), span);
  if (all.result === "breaks") expect(simulated(all.scenario)).toContainEqual(all.breach);
  if (all.result === "holds") {
    for (const scenario of scenariosOf(model, { untilNs: span.untilNs, random: 5 }))
      expect(simulated(scenario)).toEqual([]);
  }
  return all.result;
}

/** A violated verdict whose counterexample replays. */
async function expectReplay(model: TsnModel) {
  const verdict = await verifyValid(model, engineContext());
  if (verdict.verdict !== "violated") throw new Error(JSON.stringify(verdict));
  const { scenario, span, breach } = verdict.counterexample.data as Counterexample["data"];
  expect(breaches(model, simulate(model, scenario, span), span)[0]).toEqual(breach);
}

test("given lists: proved if and only if no run breaks anything", { timeout: patience }, async () => {
  const seen = { holds: 0, breaks: 0, undecided: 0 };
  const property = fc.asyncProperty(givenSchedules, async (model) => {
    expect(problemsOf(model, "schedule-valid")).toEqual([]);
    const { result } = await validityOf(planOf(model), engineContext());
    seen[result]++;
    const enumerated = allRuns(model);
    if (result === "breaks") await expectReplay(model);
    if (enumerated !== "too-many" && result !== "undecided") expect(result).toBe(enumerated);
  });
  await fc.assert(property, fixed);
  if (!many) return;
  expect(seen.holds).toBeGreaterThan(runs / 10);
  expect(seen.breaks).toBeGreaterThan(runs / 10);
  expect(seen.undecided).toBeLessThan(runs / 10);
});

test("sought lists: found, or refused with a smallest conflict", { timeout: patience }, async () => {
  const seen = { proved: 0, violated: 0, unknown: 0, invalid: 0 };
  const property = fc.asyncProperty(soughtSchedules, async (model) => {
    expect(problemsOf(model, "schedule-exists")).toEqual([]);
    const { hyperperiodNs } = planOf(model);
    // Orders know of no ticks and of no limits: what has a schedule with them has one without.
    const orders = (streams: TsnModel["streams"]) => tryOrders({ ...model, streams }, hyperperiodNs, 500_000);
    const decided = ordersDecide(model);
    const verdict = await verifyExists(model, engineContext());
    seen[verdict.verdict]++;
    if (verdict.verdict === "proved") {
      expect(orders(model.streams)).not.toBe("unschedulable");
      await expectRobust(withSchedule(model, verdict.evidence as unknown as Schedule));
    } else if (verdict.verdict === "violated") {
      const { conflictingStreams, minimal } = verdict.counterexample.data as {
        conflictingStreams: string[];
        minimal: boolean;
      };
      expect(minimal).toBe(true);
      const conflict = model.streams.filter(({ id }) => conflictingStreams.includes(id));
      if (decided) expect(orders(conflict)).not.toBe("schedulable");
      for (const left of conflict) {
        const rest = conflict.filter((stream) => stream !== left);
        if (rest.length > 0) expect(orders(rest)).not.toBe("unschedulable");
      }
    } else {
      expect(verdict).toMatchObject({ verdict: "unknown", reason: { code: "undecided" } });
      if (decided) expect(orders(model.streams)).not.toBe("unschedulable");
    }
  });
  await fc.assert(property, fixed);
  if (!many) return;
  expect(seen.proved).toBeGreaterThan(runs / 10);
  expect(seen.violated).toBeGreaterThan(runs / 10);
  expect(seen.unknown).toBeLessThan(runs / 5);
});

/** A found schedule is valid, and is no longer so when a window is shorter than its frames or a deadline is cut. */
async function expectRobust(scheduled: TsnModel) {
  expect((await validityOf(planOf(scheduled), engineContext())).result).toBe("holds");
  const [list, ...others] = scheduled.gateControlLists;
  if (!list) throw new Error("a schedule without lists");
  const [window, ...entries] = list.entries;
  if (!window) throw new Error("a list without entries");
  const closed = { openClasses: [], durationNs: 1 };
  const shrunk = { ...window, durationNs: window.durationNs - 1 };
  const cut = { ...list, entries: [shrunk, closed, ...entries] };
  await expectReplay({ ...scheduled, gateControlLists: [cut, ...others] });
  const [first, ...rest] = scheduled.streams;
  if (!first) throw new Error("a model without streams");
  await expectReplay({ ...scheduled, streams: [{ ...first, deadlineNs: 1 }, ...rest] });
}
