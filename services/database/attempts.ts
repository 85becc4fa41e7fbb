/**
 * Attempts of workers at a verification. An attempt is one lease of the job: pg-boss numbers them, the row keeps the number
 * of the latest, and only the latest can write.
 */
import type { JobAttempt, PgBoss } from "pg-boss";
import type { StandardId } from "../../components/contract/standards.ts";
import type { TraceContext } from "../runtime/traces.ts";
import type { Database, Queryable } from "./database.ts";
import { completeJob, queueNames } from "./queue.ts";
import { type Row, shown, verificationOf } from "./rows.ts";
import type { Result, Verification } from "./verification.ts";

/** One lease of the job of a verification. */
export interface Attempt {
  readonly id: string;
  readonly standard: StandardId;
  /** 1 for the first. */
  readonly number: number;
}

/** What an attempt works on. */
export interface Started {
  readonly verification: Verification;
  readonly model: unknown;
  /** Place in the trace of the request. */
  readonly traceContext: TraceContext | undefined;
}

export interface Attempts {
  /** Marks the verification as running; undefined if it is finished or a later attempt has begun. May be repeated. */
  start(attempt: Attempt): Promise<Started | undefined>;
  /**
   * Stores the result and completes the job in one transaction; undefined, and nothing changed, if the attempt has lost
   * its lease. May be repeated after an outage: it returns what it stored before.
   */
  finish(attempt: Attempt, result: Result): Promise<Verification | undefined>;
  /**
   * Ends a verification whose attempts were all lost, and completes its dead letter; undefined if it is finished already.
   */
  giveUp(letter: JobAttempt, lost: Lost): Promise<Verification | undefined>;
}

/** A verification whose attempts were all lost. */
export interface Lost {
  readonly id: string;
  readonly standard: StandardId;
  /** The result to store, once it is known how many milliseconds the last attempt's begin is ago. */
  readonly resultAfter: (milliseconds: number) => Result;
}

/** The attempt that holds a job. */
export function attemptOf(standard: StandardId, job: JobAttempt): Attempt {
  return { id: job.id, standard, number: job.retryCount + 1 };
}

/** Attempts at the verifications of this database, whose jobs are in this queue. */
export function attemptsOn(database: Database, boss: PgBoss): Attempts {
  return {
    start: (attempt) => start(database, attempt),
    finish: (attempt, result) =>
      database.transaction((transaction) => finish(transaction, boss, attempt, result)),
    giveUp: (letter, lost) => database.transaction((transaction) => giveUp(transaction, boss, letter, lost)),
  };
}

interface StartedRow extends Row {
  readonly model: unknown;
  readonly trace_context: TraceContext | null;
}

async function start(database: Database, { id, number }: Attempt): Promise<Started | undefined> {
  const { rows } = await database.query<StartedRow>(
    `UPDATE platform.verifications
        SET status = 'running', attempt = $2, started_at = clock_timestamp()
      WHERE id = $1 AND status <> 'finished' AND attempt <= $2
      RETURNING ${shown}, model, trace_context`,
    [id, number],
  );
  const row = rows[0];
  if (!row) return undefined;
  return {
    verification: verificationOf(row),
    model: row.model,
    traceContext: row.trace_context ?? undefined,
  };
}

async function finish(
  transaction: Queryable,
  boss: PgBoss,
  { id, standard, number }: Attempt,
  result: Result,
): Promise<Verification | undefined> {
  const job = { id, retryCount: number - 1 };
  if (!(await completeJob(boss, transaction, queueNames.waiting(standard), job))) {
    return storedBy(transaction, id, number);
  }
  const { rows } = await transaction.query<Row>(
    `UPDATE platform.verifications
        SET status = 'finished', finished_at = clock_timestamp(), result = $3
      WHERE id = $1 AND status = 'running' AND attempt = $2
      RETURNING ${shown}`,
    [id, number, JSON.stringify(result)],
  );
  // Rolls the job's completion back, so that the verification cannot stay without a result.
  if (!rows[0]) throw new Error(`Attempt ${number} holds the job of verification ${id}, but not its row.`);
  return verificationOf(rows[0]);
}

/** What this very attempt has stored, if its transaction was committed although the answer to that was lost. */
async function storedBy(
  transaction: Queryable,
  id: string,
  number: number,
): Promise<Verification | undefined> {
  const { rows } = await transaction.query<Row>(
    `SELECT ${shown} FROM platform.verifications
      WHERE id = $1 AND status = 'finished' AND attempt = $2 AND result -> 'reason' ->> 'code' IS DISTINCT FROM 'worker-lost'`,
    [id, number],
  );
  return rows[0] && verificationOf(rows[0]);
}

async function giveUp(
  transaction: Queryable,
  boss: PgBoss,
  letter: JobAttempt,
  { id, standard, resultAfter }: Lost,
): Promise<Verification | undefined> {
  if (!(await completeJob(boss, transaction, queueNames.lost(standard), letter))) return undefined;
  const open = await transaction.query<{ milliseconds: number }>(
    `SELECT round(greatest(extract(epoch FROM clock_timestamp() - started_at) * 1000, 0))::float8 AS milliseconds
       FROM platform.verifications WHERE id = $1 AND status <> 'finished' FOR UPDATE`,
    [id],
  );
  if (!open.rows[0]) return undefined;
  const { rows } = await transaction.query<Row>(
    `UPDATE platform.verifications
        SET status = 'finished', finished_at = clock_timestamp(), result = $2
      WHERE id = $1
      RETURNING ${shown}`,
    [id, JSON.stringify(resultAfter(open.rows[0].milliseconds))],
  );
  return rows[0] && verificationOf(rows[0]);
}
