import { setTimeout as delay } from "node:timers/promises";
import { isOutage } from "./database.ts";

/** Milliseconds between two tries: the first pause, doubled up to the longest. */
const pauses = { first: 250, longest: 5_000 };

export interface OutageOptions {
  /** Ends the tries: the last error is thrown. */
  readonly signal: AbortSignal;
  /** Told of each try that failed. */
  readonly onOutage: (error: unknown) => void;
}

/**
 * Does what must not be lost, again and again while the database cannot be reached. The work must be such that it may
 * be repeated.
 */
export async function throughOutages<T>(
  work: () => Promise<T>,
  { signal, onOutage }: OutageOptions,
): Promise<T> {
  for (let pause = pauses.first; ; pause = Math.min(pauses.longest, pause * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error) || signal.aborted) throw error;
      onOutage(error);
      await delay(pause, undefined, { signal }).catch(() => {});
    }
  }
}
