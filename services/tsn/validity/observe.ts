/** Guesses bounds by running the network. */
import type { Plan } from "../plan.ts";
import { scenariosOf } from "../simulator/scenarios.ts";
import { simulate } from "../simulator/simulate.ts";
import { type Bounds, observedBounds } from "./bounds.ts";

const hyperperiods = 4;

/** The latest starts of hard scenarios, counted from the beginning of the hyperperiod. */
export function observe(plan: Plan): Bounds | undefined {
  const { model, hyperperiodNs } = plan;
  const longest = Math.max(...model.streams.map(({ deadlineNs }) => deadlineNs));
  const untilNs = hyperperiods * hyperperiodNs + longest;
  const perHyperperiod = new Map(model.streams.map(({ id, periodNs }) => [id, hyperperiodNs / periodNs]));
  const latest = new Map<string, number>();
  const keyOf = (stream: string, instance: number, port: string) => `${stream}#${instance}@${port}`;
  for (const scenario of scenariosOf(model, { untilNs, random: 30 })) {
    const { passages } = simulate(model, scenario, { untilNs });
    for (const { stream, instance, port, startNs } of passages) {
      const count = perHyperperiod.get(stream) ?? 1;
      // The last frames are under way when the simulation ends.
      if (instance >= hyperperiods * count) continue;
      if (startNs === undefined) return undefined;
      const key = keyOf(stream, instance % count, port);
      const startedNs = startNs - Math.floor(instance / count) * hyperperiodNs;
      latest.set(key, Math.max(latest.get(key) ?? startedNs, startedNs));
    }
  }
  return observedBounds(plan, ({ stream, instance, port }) => latest.get(keyOf(stream, instance, port)));
}
