/** The record of verifications as the API uses it: what is submitted, and what became of it. */
import { randomUUIDv7 } from "node:crypto";
import type { PgBoss } from "pg-boss";
import type { StandardId } from "../../components/contract/standards.ts";
import type { TraceContext } from "../runtime/traces.ts";
import { type Cursor, cursorOf, readCursor } from "./cursor.ts";
import { type Database, isOutage, type Queryable, Unavailable } from "./database.ts";
import { type Hashes, hashesOf } from "./hashes.ts";
import { sendJob } from "./queue.ts";
import { type Row, type SummaryRow, shown, summarized, summaryOf, verificationOf } from "./rows.ts";
import {
  reusableVerdicts,
  type Verification,
  type VerificationStatus,
  type VerificationSummary,
} from "./verification.ts";

/** What a caller asks. Its structure has been checked. */
export interface Submission {
  readonly standard: StandardId;
  readonly property: string;
  readonly model: unknown;
}

export interface SubmitOptions {
  /** Verifications of one standard that may wait. */
  readonly maxQueued: number;
  /** Place in the trace of the request, which the verification's own spans join. @default none */
  readonly traceContext?: TraceContext | undefined;
}

/**
 * What became of a submission: `accepted` is a new verification, `reused` one that asks the same and waits, runs, or has
 * an answer; `refused` means that as many wait as may.
 */
export type Submitted =
  | { readonly outcome: "accepted" | "reused"; readonly verification: Verification }
  | { readonly outcome: "refused" };

export interface ListOptions {
  readonly standard?: StandardId;
  readonly status?: VerificationStatus;
  /** Items of a page, 1 to 100. @default 20 */
  readonly limit?: number;
  /** `next` of the page before. @default the first page */
  readonly cursor?: string;
}

/** Verifications, newest first. */
export interface Page {
  readonly items: readonly VerificationSummary[];
  /** Cursor of the next page, if there is one. */
  readonly next?: string;
}

/** What waits for the workers of one standard. */
export interface Waiting {
  readonly depth: number;
  /** Seconds that the oldest has waited; 0 if nothing waits. */
  readonly oldestSeconds: number;
}

export interface Verifications {
  /**
   * Records a submission and sends its job in one transaction. Submissions of one standard pass one at a time, so the
   * limit is exact; it counts what no worker has taken yet. One that is reused needs no turn.
   *
   * @throws an error that `isOutage` knows while the database cannot be used; nothing is recorded then, unless the
   * connection broke during the commit: to submit the same again is safe
   */
  submit(submission: Submission, options: SubmitOptions): Promise<Submitted>;
  get(id: string): Promise<Verification | undefined>;
  /** @throws InvalidCursor */
  list(options?: ListOptions): Promise<Page>;
  /** The model as it was submitted, up to the spelling of numbers and the order of keys. */
  modelOf(id: string): Promise<{ readonly model: unknown } | undefined>;
  waiting(standard: StandardId): Promise<Waiting>;
}

/** The record on this database, sending to this queue. */
export function verificationsOn(database: Database, boss: PgBoss): Verifications {
  return {
    submit: (submission, options) => submit(database, boss, submission, options),
    get: (id) => get(database, id),
    list: (options = {}) => list(database, options),
    modelOf: (id) => modelOf(database, id),
    waiting: (standard) => waiting(database, standard),
  };
}

async function submit(
  database: Database,
  boss: PgBoss,
  { standard, property, model }: Submission,
  options: SubmitOptions,
): Promise<Submitted> {
  const hashes = hashesOf({ standard, property, model });
  const answer = await findAnswer(database, hashes.submission);
  if (answer) return { outcome: "reused", verification: answer };

  await ensureStarted(boss);
  return database.transaction(async (transaction) => {
    await takeTurn(transaction, standard);
    const present = await findAnswer(transaction, hashes.submission);
    if (present) return { outcome: "reused", verification: present };
    if (await isFull(transaction, standard, options.maxQueued)) return { outcome: "refused" };
    const submission = { standard, property, model };
    const verification = await insert(transaction, submission, hashes, options.traceContext);
    await sendJob(boss, transaction, verification);
    return { outcome: "accepted", verification };
  });
}

/** Starts the queue unless it runs: only now, so that a gateway can start while the database is down. */
async function ensureStarted(boss: PgBoss): Promise<void> {
  try {
    await boss.start();
  } catch (cause) {
    if (isOutage(cause)) throw cause;
    throw new Unavailable(`The queue cannot be used: ${String(cause)}`, { cause });
  }
}

/** Verdicts as in the predicate of index `verifications_answer`. */
const reusable = reusableVerdicts.map((verdict) => `'${verdict}'`).join(", ");

async function findAnswer(queryable: Queryable, submissionHash: string): Promise<Verification | undefined> {
  const { rows } = await queryable.query<Row>(
    `SELECT ${shown} FROM platform.verifications
      WHERE submission_hash = $1 AND (status <> 'finished' OR result ->> 'verdict' IN (${reusable}))`,
    [submissionHash],
  );
  return rows[0] && verificationOf(rows[0]);
}

/** Waits until no other transaction submits to this standard. The lock ends with the transaction. */
async function takeTurn(transaction: Queryable, standard: StandardId): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('platform.submit'), hashtext($1))", [
    standard,
  ]);
}

async function isFull(transaction: Queryable, standard: StandardId, maxQueued: number): Promise<boolean> {
  const { rows } = await transaction.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM (
       SELECT FROM platform.verifications WHERE standard = $1 AND status = 'queued' LIMIT $2) AS waiting`,
    [standard, maxQueued],
  );
  return (rows[0]?.count ?? 0) >= maxQueued;
}

async function insert(
  transaction: Queryable,
  { standard, property, model }: Submission,
  hashes: Hashes,
  traceContext: TraceContext | undefined,
): Promise<Verification> {
  const { rows } = await transaction.query<Row>(
    `INSERT INTO platform.verifications
       (id, standard, property, model, submission_hash, model_hash, trace_context)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${shown}`,
    [
      randomUUIDv7(),
      standard,
      property,
      JSON.stringify(model),
      hashes.submission,
      hashes.model,
      traceContext && JSON.stringify(traceContext),
    ],
  );
  if (!rows[0]) throw new Error("INSERT returned no row.");
  return verificationOf(rows[0]);
}

async function get(database: Database, id: string): Promise<Verification | undefined> {
  const { rows } = await database.query<Row>(`SELECT ${shown} FROM platform.verifications WHERE id = $1`, [
    id,
  ]);
  return rows[0] && verificationOf(rows[0]);
}

async function list(
  database: Database,
  { standard, status, limit = 20, cursor }: ListOptions,
): Promise<Page> {
  const after: Cursor | undefined = cursor === undefined ? undefined : readCursor(cursor);
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const conditions = [
    ...(standard ? [`standard = ${bind(standard)}`] : []),
    ...(status ? [`status = ${bind(status)}`] : []),
    ...(after ? [`(submitted_at, id) < (${bind(after.submittedAt)}, ${bind(after.id)})`] : []),
  ];
  const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
  // One more than the page holds tells whether there is another page.
  const { rows } = await database.query<SummaryRow>(
    `SELECT ${summarized} FROM platform.verifications ${where}
      ORDER BY submitted_at DESC, id DESC LIMIT ${bind(limit + 1)}`,
    values,
  );
  const items = rows.slice(0, limit).map(summaryOf);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, next: cursorOf(last) } : { items };
}

async function modelOf(database: Database, id: string): Promise<{ model: unknown } | undefined> {
  const { rows } = await database.query<{ model: unknown }>(
    "SELECT model FROM platform.verifications WHERE id = $1",
    [id],
  );
  return rows[0] && { model: rows[0].model };
}

async function waiting(database: Database, standard: StandardId): Promise<Waiting> {
  const { rows } = await database.query<Waiting>(
    `SELECT count(*)::integer AS depth,
            coalesce(greatest(extract(epoch FROM clock_timestamp() - min(submitted_at)), 0), 0)::float8 AS "oldestSeconds"
       FROM platform.verifications WHERE standard = $1 AND status = 'queued'`,
    [standard],
  );
  return rows[0] ?? { depth: 0, oldestSeconds: 0 };
}
