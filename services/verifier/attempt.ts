/** One attempt at a verification: from the lease of its job to the stored result. */
import type { Attempt, Attempts, Started } from "../database/attempts.ts";
import { isOutage } from "../database/database.ts";
import {
  progressChannel,
  type VerificationEvent,
  verificationCacheSeconds,
  verificationKey,
} from "../database/events.ts";
import { throughOutages } from "../database/outages.ts";
import type { Result, Verdict, Verification } from "../database/verification.ts";
import type { Cache } from "../runtime/cache.ts";
import type { Logger } from "../runtime/logs.ts";
import type { Metrics } from "../runtime/metrics.ts";
import { continueTrace, withSpan } from "../runtime/traces.ts";
import type { EngineName } from "./engines.ts";
import { type JobLimits, runJobProcess } from "./job/process.ts";
import type { EngineOutcome } from "./job/protocol.ts";
import type { Progress } from "./standard.ts";
import { throttled } from "./throttle.ts";

/** What attempts need. */
export interface AttemptTools {
  readonly attempts: Attempts;
  readonly cache: Pick<Cache, "publish" | "set">;
  readonly metrics: Metrics<"verifier">;
  readonly log: Logger;
  readonly limits: JobLimits;
  /** The engine that results name. */
  readonly engine: { readonly name: string; readonly version: string };
}

/** Milliseconds between two messages about the progress of one verification. */
const progressInterval = 250;

/** Makes the attempt. Ends early, without a result, when the signal says that the lease is lost. */
export async function makeAttempt(attempt: Attempt, signal: AbortSignal, tools: AttemptTools): Promise<void> {
  const log = tools.log.child({ verification: attempt.id, attempt: attempt.number });
  const own = { ...tools, log };
  const started = await persist(() => tools.attempts.start(attempt), signal, own);
  if (!started) return log.info("nothing to do: it is finished, or another worker has it");
  const { standard } = attempt;
  if (attempt.number > 1) tools.metrics.verification_retries_total.inc({ standard });
  tools.metrics.verifications_running.inc({ standard });
  try {
    await continueTrace(started.traceContext, () => verifyInSpan(attempt, started, signal, own));
  } finally {
    tools.metrics.verifications_running.dec({ standard });
  }
}

function verifyInSpan(
  attempt: Attempt,
  started: Started,
  signal: AbortSignal,
  tools: AttemptTools,
): Promise<void> {
  const { id, standard, property } = started.verification;
  const attributes = {
    "verification.id": id,
    "verification.standard": standard,
    "verification.property": property,
    "verification.attempt": attempt.number,
  };
  return withSpan(`verify ${standard}`, attributes, async (span) => {
    tell(tools, id, { type: "status", status: "running" });
    tools.log.info({ standard, property }, "verification started");
    const begin = performance.now();
    const verdict = await runJob(started, signal, tools);
    if (!verdict) return tools.log.warn("verification abandoned: its lease is lost, another worker has it");
    span.setAttribute("verification.verdict", verdict.verdict);
    const result = { ...verdict, engine: tools.engine, durationMs: Math.round(performance.now() - begin) };
    const stored = await persist(() => store(attempt, result, tools), signal, tools);
    if (!stored) return tools.log.warn("verdict dropped: the lease is lost, another worker has it");
    announce(stored, tools);
  });
}

async function runJob(
  { verification, model }: Started,
  signal: AbortSignal,
  { limits, cache, log, metrics }: AttemptTools,
): Promise<Verdict | undefined> {
  const { id, property } = verification;
  const progress = throttled(
    (update: Progress) => tell({ cache }, id, { type: "progress", ...update }),
    progressInterval,
  );
  try {
    return await runJobProcess({
      submission: { property, model },
      limits,
      signal,
      onProgress: progress.push,
      onEngine: (engine) => followEngine(engine, metrics),
      onErrors: (text) => log.warn({ stderr: text }, "the process of the verification wrote errors"),
    });
  } finally {
    progress.end();
  }
}

/** Stands for a run of an engine: a span and metrics, ended by what it returns. */
function followEngine(engine: EngineName, metrics: Metrics<"verifier">): (outcome: EngineOutcome) => void {
  const { promise, resolve } = Promise.withResolvers<EngineOutcome>();
  const begin = performance.now();
  void withSpan(`engine ${engine}`, { "engine.name": engine }, async (span) => {
    const outcome = await promise;
    span.setAttribute("engine.outcome", outcome);
    metrics.engine_runs_total.inc({ engine, outcome });
    metrics.engine_run_duration_seconds.observe((performance.now() - begin) / 1000, { engine });
  });
  return resolve;
}

/** A result that the database refuses, such as one with a character that it cannot hold, is not tried for ever. */
async function store(
  attempt: Attempt,
  result: Result,
  { attempts, log }: AttemptTools,
): Promise<Verification | undefined> {
  try {
    return await attempts.finish(attempt, result);
  } catch (error) {
    if (isOutage(error)) throw error;
    log.error({ err: error }, "the verdict cannot be stored");
    const reason = {
      code: "engine-failed",
      detail: `The verdict cannot be stored: ${String(error)}`,
    } as const;
    const { engine, durationMs } = result;
    return attempts.finish(attempt, { verdict: "unknown", reason, engine, durationMs });
  }
}

/** What is done once a result is stored: none of it can undo that. */
export function announce(
  verification: Verification,
  { cache, metrics, log }: Pick<AttemptTools, "cache" | "metrics" | "log">,
): void {
  const { id, standard, property, result } = verification;
  if (!result) return;
  const { verdict, durationMs } = result;
  metrics.verifications_finished_total.inc({ standard, property, verdict });
  metrics.verification_duration_seconds.observe(durationMs / 1000, { standard, property });
  const reason = verdict === "unknown" ? result.reason : undefined;
  log.info({ verification: id, standard, property, verdict, reason, durationMs }, "verification finished");
  void cache
    .set(verificationKey(id), verification, { seconds: verificationCacheSeconds })
    .then(() => tell({ cache }, id, { type: "status", status: "finished" }));
}

function tell({ cache }: Pick<AttemptTools, "cache">, id: string, event: VerificationEvent): void {
  void cache.publish(progressChannel(id), event);
}

function persist<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  { log }: Pick<AttemptTools, "log">,
): Promise<T> {
  return throughOutages(work, {
    signal,
    onOutage: (err) => log.warn({ err }, "the database cannot be reached; trying again"),
  });
}
