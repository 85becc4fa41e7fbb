/** Scenarios to try a schedule with. */
import type { Scenario, TsnModel } from "../schema.ts";

/** Nothing is off: all clocks exact, all talkers on time. */
export const nominal: Scenario = { clockErrorsNs: {}, releaseDelaysNs: {}, queueOrder: {} };

/** Whether clocks or talkers have any freedom in this model. */
export function isCertain(model: TsnModel): boolean {
  return (
    model.nodes.every(({ syncErrorNs }) => syncErrorNs === 0) &&
    model.streams.every(({ releaseDelayNs }) => releaseDelayNs === 0)
  );
}

/**
 * Scenarios that are hard on a schedule: nominal, all extremes alike, and `random` ones at extremes or in between. The
 * same model gives the same ones.
 */
export function scenariosOf(
  model: TsnModel,
  span: { readonly untilNs: number; readonly random: number },
): Scenario[] {
  if (isCertain(model)) return [nominal];
  const choices: ((least: number, most: number) => number)[] = [(least) => least, (_least, most) => most];
  const next = generator(1);
  for (let count = 0; count < span.random; count++) {
    choices.push((least, most) => {
      const kind = next(3);
      if (kind === 0) return least;
      return kind === 1 ? most : least + next(most - least + 1);
    });
  }
  return [nominal, ...choices.map((choose) => scenarioOf(model, span.untilNs, choose))];
}

function scenarioOf(
  model: TsnModel,
  untilNs: number,
  choose: (least: number, most: number) => number,
): Scenario {
  const clockErrorsNs = Object.fromEntries(
    model.nodes.map(({ id, syncErrorNs }) => [id, choose(-syncErrorNs, syncErrorNs)]),
  );
  const releaseDelaysNs: Record<string, number> = {};
  for (const { id, periodNs, releaseDelayNs, offsetNs = 0 } of model.streams) {
    if (releaseDelayNs === 0) continue;
    for (let instance = 0; offsetNs + instance * periodNs <= untilNs; instance++) {
      releaseDelaysNs[`${id}#${instance}`] = choose(0, releaseDelayNs);
    }
  }
  return { clockErrorsNs, releaseDelaysNs, queueOrder: {} };
}

/** Whole numbers below a bound: a linear congruential generator (Knuth's MMIX constants, upper bits). */
function generator(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}
