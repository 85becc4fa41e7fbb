/** The loop that takes jobs of one standard from the queue. */
import { setTimeout as delay } from "node:timers/promises";
import type { Job, PgBoss, WorkOptions } from "pg-boss";
import type { StandardId } from "../../components/contract/standards.ts";
import { attemptOf } from "../database/attempts.ts";
import { isOutage } from "../database/database.ts";
import { queueNames, type VerificationJob } from "../database/queue.ts";
import type { Result } from "../database/verification.ts";
import type { Logger } from "../runtime/logs.ts";
import { type AttemptTools, announce, makeAttempt } from "./attempt.ts";

export interface WorkerOptions extends AttemptTools {
  readonly standard: StandardId;
  readonly boss: PgBoss;
  /** Verifications that run at once. */
  readonly concurrency: number;
}

/** How jobs are asked for: at once when one is announced, and every some seconds in case an announcement was lost. */
const polling = {
  batchSize: 1,
  // A job is done only if the handler says so. Otherwise one that is given up when the service ends could count as done,
  // without a verdict, if the database came back at that moment.
  perJobResults: true,
  pollingIntervalSeconds: 2,
  notifyPollingIntervalSeconds: 5,
  heartbeatRefreshSeconds: 5,
} satisfies WorkOptions;

/** Milliseconds between two tries to reach the queue. */
const startPause = 1_000;

/** Takes jobs from now on, as soon as the queue can be reached. Resolves when it does, or when the signal ends the tries. */
export async function startWorker(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const { standard, concurrency, log } = options;
  await reachQueue(options, signal);
  if (signal.aborted) return;
  const slots = Array.from({ length: concurrency }, () =>
    takeJobs(queueNames.waiting(standard), options, (job) =>
      makeAttempt(attemptOf(standard, job), job.signal, options),
    ),
  );
  const lost = takeJobs(queueNames.lost(standard), options, (job) => giveUp(job, options));
  await Promise.all([...slots, lost]);
  log.info({ standard, concurrency }, "taking verifications");
}

/**
 * Ends the taking of jobs: nothing new is leased, what runs goes on, with its heartbeats, until it is done or the time is
 * over. What is not done by then is given back to the queue.
 */
export async function stopWorker(boss: PgBoss, limit: { readonly seconds: number }): Promise<void> {
  await boss.stop({ close: false, graceful: true, timeout: limit.seconds * 1000 });
}

async function reachQueue({ boss, log }: WorkerOptions, signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      await boss.start();
      return;
    } catch (err) {
      const message = "the queue cannot be used yet; trying again";
      if (tries % 30 === 0) log.warn({ err }, message);
      await delay(startPause, undefined, { signal }).catch(() => {});
    }
  }
}

/** One slot: a job at a time, the next one as soon as that is done. */
async function takeJobs(
  queue: string,
  { boss, log }: Pick<WorkerOptions, "boss" | "log">,
  handle: (job: Job<VerificationJob>) => Promise<void>,
): Promise<void> {
  let slot: string | undefined;
  slot = await boss.work<VerificationJob>(queue, polling, async (jobs) => {
    try {
      for (const job of jobs) await handle(job).catch((err) => rejected(err, job, log));
      return jobs.map(({ id }) => ({ id, status: "completed" }));
    } finally {
      // Otherwise the slot would rest for what is left of the polling interval, even if there is more to do.
      if (slot) boss.notifyWorker(slot);
    }
  });
}

/** Tells why a job has failed, as nobody else will: the queue only has it tried again. */
function rejected(err: unknown, { data: { verification } }: Job<VerificationJob>, log: Logger): never {
  const level = isOutage(err) ? "warn" : "error";
  log[level]({ err, verification }, "a job failed; the queue has it tried again");
  throw err;
}

/** Gives a verification whose workers were lost each time its verdict. */
async function giveUp(letter: Job<VerificationJob>, options: WorkerOptions): Promise<void> {
  const { attempts, standard, engine } = options;
  const { verification: id } = letter.data;
  const resultAfter = (durationMs: number): Result => ({ ...workerLost, engine, durationMs });
  const stored = await attempts.giveUp(letter, { id, standard, resultAfter });
  if (stored) announce(stored, options);
}

const workerLost = {
  verdict: "unknown",
  reason: {
    code: "worker-lost",
    detail:
      "No attempt came to its end: each time the worker was lost, or it could not begin the verification or store its verdict. " +
      "The log of the verifier, by the id of the verification, and the events of its pods tell why. A smaller model may need less.",
  },
} as const;
