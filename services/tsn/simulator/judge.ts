/** Whether a trace keeps what its streams ask for. */
import type { TsnModel } from "../schema.ts";
import type { Trace } from "./simulate.ts";

/** A frame that came too late, or never. */
export interface MissedDeadline {
  readonly kind: "deadline";
  readonly stream: string;
  readonly instance: number;
  readonly listener: string;
  /** The last instant at which it had to be received whole. */
  readonly dueNs: number;
  /** Left out when it was not received before the end of the simulation. */
  readonly atNs: number | undefined;
}

/** Two frames whose latencies differ too much. */
export interface ExceededJitter {
  readonly kind: "jitter";
  readonly stream: string;
  readonly instances: readonly [number, number];
  readonly listener: string;
  readonly differenceNs: number;
}

export type Breach = MissedDeadline | ExceededJitter;

/**
 * What the trace breaks, by time. Judges frames whose planned release is before `judgedUntilNs` and whose deadline is not after
 * `untilNs`, the end of the simulation; and pairs of frames released at most `hyperperiodNs` apart.
 */
export function breaches(
  model: TsnModel,
  trace: Trace,
  span: { readonly judgedUntilNs: number; readonly untilNs: number; readonly hyperperiodNs: number },
): Breach[] {
  const received = new Map(
    trace.deliveries.map((delivery) => [
      `${delivery.stream}#${delivery.instance}>${delivery.listener}`,
      delivery,
    ]),
  );
  const found: { atNs: number; breach: Breach }[] = [];
  for (const stream of model.streams) {
    for (const listener of stream.listeners) {
      const deliveryOf = (instance: number) => received.get(`${stream.id}#${instance}>${listener}`);
      for (let instance = 0; ; instance++) {
        const plannedNs = (stream.offsetNs ?? 0) + instance * stream.periodNs;
        const dueNs = plannedNs + stream.deadlineNs;
        if (plannedNs >= span.judgedUntilNs || dueNs > span.untilNs) break;
        const delivery = deliveryOf(instance);
        if (!delivery || delivery.atNs > dueNs) {
          const breach: Breach = {
            kind: "deadline",
            stream: stream.id,
            instance,
            listener,
            dueNs,
            atNs: delivery?.atNs,
          };
          found.push({ atNs: dueNs, breach });
        }
        if (stream.maxJitterNs === undefined || !delivery) continue;
        for (let before = instance - 1; before >= 0; before--) {
          if ((instance - before) * stream.periodNs > span.hyperperiodNs) break;
          const earlier = deliveryOf(before);
          const differenceNs = earlier ? Math.abs(delivery.latencyNs - earlier.latencyNs) : 0;
          if (!earlier || differenceNs <= stream.maxJitterNs) continue;
          const instances = [before, instance] as const;
          const breach: Breach = { kind: "jitter", stream: stream.id, instances, listener, differenceNs };
          found.push({ atNs: Math.max(delivery.atNs, earlier.atNs), breach });
        }
      }
    }
  }
  return found.toSorted((a, b) => a.atNs - b.atNs).map(({ breach }) => breach);
}
