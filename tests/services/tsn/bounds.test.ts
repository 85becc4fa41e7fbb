/** The lower bounds that the solver is given as true: no run begins a transmission earlier. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { planOf } from "../../../services/tsn/plan.ts";
import { scenariosOf } from "../../../services/tsn/simulator/scenarios.ts";
import { simulate } from "../../../services/tsn/simulator/simulate.ts";
import { boundsOf } from "../../../services/tsn/validity/bounds.ts";
import { fixed, givenSchedules } from "./models.ts";

test("no transmission of thousands of runs enters or begins before its bound, and many do so at it", {
  timeout: 60_000,
}, () => {
  const seen = { runs: 0, transmissions: 0, enteredAtBound: 0, beganAtBound: 0 };
  const property = fc.property(givenSchedules, (model) => {
    const plan = planOf(model);
    const bounds = new Map(
      boundsOf(plan).all.map((of) => [`${of.hop.stream.stream.id}#${of.instance}@${of.hop.port.id}`, of]),
    );
    const untilNs = 3 * plan.hyperperiodNs;
    for (const scenario of scenariosOf(model, { untilNs, random: 10 })) {
      seen.runs++;
      for (const passage of simulate(model, scenario, { untilNs }).passages) {
        const { periodNs } = model.streams.find(({ id }) => id === passage.stream) ?? { periodNs: 1 };
        const count = plan.hyperperiodNs / periodNs;
        const bound = bounds.get(`${passage.stream}#${passage.instance % count}@${passage.port}`);
        if (!bound) throw new Error(`no bound for ${passage.stream} at ${passage.port}`);
        const shiftNs = Math.floor(passage.instance / count) * plan.hyperperiodNs;
        const entered = passage.enteredNs - shiftNs - bound.enterEarliestNs;
        const began = (passage.startNs ?? Number.POSITIVE_INFINITY) - shiftNs - bound.startEarliestNs;
        if (entered < 0 || began < 0) throw new Error(`too early: ${JSON.stringify({ passage, scenario })}`);
        seen.transmissions++;
        if (entered === 0) seen.enteredAtBound++;
        if (began === 0) seen.beganAtBound++;
      }
    }
  });
  fc.assert(property, { ...fixed, numRuns: Math.max(400, fixed.numRuns), endOnFailure: false });
  // Otherwise the bounds would hold for a bad reason: because they are far too low.
  expect(seen.runs).toBeGreaterThan(2_000);
  expect(seen.transmissions).toBeGreaterThan(10_000);
  expect(seen.enteredAtBound).toBeGreaterThan(seen.transmissions / 4);
  expect(seen.beganAtBound).toBeGreaterThan(seen.transmissions / 10);
});
