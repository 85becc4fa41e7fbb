import type { Logger } from "./logs.ts";
import { Problem, problemTypes } from "./problems.ts";
import { within } from "./within.ts";

/** Something that a service cannot do its work without. */
export interface ReadinessCheck {
  /** What is checked, such as `database`: callers may read it. */
  readonly name: string;
  /** Fails while that does not answer. */
  readonly check: () => Promise<unknown>;
}

/** Less than the time after which a probe gives up, so that it learns what is missing. */
const checkMilliseconds = 2_000;
/** So long an answer is good for everybody who asks: asking often does not load what is checked. */
const validMilliseconds = 1_000;

/**
 * Says whether everything answers that the service needs: resolves if so.
 *
 * @param now a clock in milliseconds @default the process' own
 * @throws Problem `not-ready` that names what does not answer; why is in the log, once
 */
export function readiness(
  checks: readonly ReadinessCheck[],
  log: Logger,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let latest: { readonly at: number; readonly failing: Promise<readonly string[]> } | undefined;
  const down = new Set<string>();

  const passes = async ({ name, check }: ReadinessCheck): Promise<boolean> => {
    try {
      await within(checkMilliseconds, `the answer of ${name}`, check());
      if (down.delete(name)) log.info({ check: name }, `${name} answers again`);
      return true;
    } catch (err) {
      if (!down.has(name)) log.warn({ err, check: name }, `not ready: ${name} does not answer`);
      down.add(name);
      return false;
    }
  };
  const failingNow = async () => {
    const passed = await Promise.all(checks.map(passes));
    return checks.filter((_, index) => !passed[index]).map(({ name }) => name);
  };

  return async () => {
    if (!latest || now() - latest.at > validMilliseconds) latest = { at: now(), failing: failingNow() };
    const failing = await latest.failing;
    if (failing.length === 0) return;
    throw new Problem(problemTypes.notReady, `No answer from: ${failing.join(", ")}.`, {
      headers: { "retry-after": "5" },
    });
  };
}
