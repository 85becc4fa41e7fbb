/**
 * The queue of verifications: pg-boss, in schema `queue` of the same database, so that a job and the row it is about
 * change in one transaction.
 */
import { type ConstructorOptions, type Db, type JobAttempt, PgBoss, type Queue } from "pg-boss";
import { type StandardId, standards } from "../../components/contract/standards.ts";
import type { Database, Queryable } from "./database.ts";
import { listen } from "./listen.ts";

/** Schema that belongs to pg-boss. */
export const queueSchema = "queue";

/** Queues of a standard: of verifications to run, and of those whose workers were lost each time. */
export const queueNames = {
  waiting: (standard: StandardId) => `verify-${standard}`,
  lost: (standard: StandardId) => `lost-${standard}`,
} as const;

/**
 * Seconds after which a job is taken from a worker that still sends heartbeats: the most that pg-boss can do. Verifiers
 * have their own, shorter, time limit; a lost worker is found by its heartbeats.
 */
export const longestJobSeconds = 24 * 3600;

const year = 365 * 24 * 3600;

/** How the jobs of a standard behave. */
function waitingOptions(standard: StandardId): Omit<Queue, "name"> {
  return {
    deadLetter: queueNames.lost(standard),
    expireInSeconds: longestJobSeconds,
    // A worker that is silent for so long is lost. Short restarts of the database must fit in.
    heartbeatSeconds: 30,
    retryLimit: 2,
    retryDelay: 0,
    retentionSeconds: year,
    deleteAfterSeconds: 3600,
    notify: true,
  };
}

/** How their dead letters behave: they are tried until their verdict is stored. */
const lostOptions: Omit<Queue, "name"> = {
  expireInSeconds: 60,
  heartbeatSeconds: 30,
  retryLimit: 1_000_000,
  retryDelay: 5,
  retentionSeconds: year,
  deleteAfterSeconds: 3600,
  notify: true,
};

/** What a job says. */
export interface VerificationJob {
  readonly verification: string;
}

/** Who uses the queue: `sender` only puts in, `worker` takes out and watches over it, `migrator` makes it. */
export type QueueRole = "sender" | "worker" | "migrator";

/** Where messages of the queue's own machinery go. Its errors are outages, which it survives. */
export interface QueueLog {
  error(error: Error): void;
  warning(message: string): void;
}

/** A pg-boss on this database. It does nothing before `start`. */
export function openQueue(database: Database, role: QueueRole, log: QueueLog): PgBoss {
  const boss = new PgBoss({ db: adapterOf(database, log), schema: queueSchema, ...roleOptions[role] });
  boss.on("error", (error) => log.error(error));
  boss.on("warning", ({ message }) => log.warning(message));
  return boss;
}

const passive = {
  migrate: false,
  createSchema: false,
  supervise: false,
  schedule: false,
  registerInstance: false,
  // The service makes its own spans.
  openTelemetry: { enabled: false },
} satisfies ConstructorOptions;

const roleOptions: Record<QueueRole, ConstructorOptions> = {
  sender: passive,
  worker: {
    ...passive,
    supervise: true,
    useListenNotify: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
  },
  migrator: { ...passive, migrate: true, createSchema: true },
};

/** Makes the queues of all standards, or brings them to the present options. Dead letter queues come first. */
export async function ensureQueues(boss: PgBoss): Promise<void> {
  for (const { id } of standards) {
    await ensureQueue(boss, queueNames.lost(id), lostOptions);
    await ensureQueue(boss, queueNames.waiting(id), waitingOptions(id));
  }
}

async function ensureQueue(boss: PgBoss, name: string, options: Omit<Queue, "name">): Promise<void> {
  await boss.createQueue(name, options);
  await boss.updateQueue(name, options);
}

/** Sends a job in the transaction that makes its row. The job has the id of the verification. */
export async function sendJob(
  boss: PgBoss,
  transaction: Queryable,
  verification: { readonly id: string; readonly standard: StandardId },
): Promise<void> {
  const data: VerificationJob = { verification: verification.id };
  const db = statementsOf(transaction);
  await boss.send(queueNames.waiting(verification.standard), data, { id: verification.id, db });
}

/** Completes a job in a transaction; false if the attempt no longer holds it, and then nothing has changed. */
export async function completeJob(
  boss: PgBoss,
  transaction: Queryable,
  queue: string,
  attempt: JobAttempt,
): Promise<boolean> {
  const response = await boss.complete(queue, attempt, null, { db: statementsOf(transaction) });
  // `affected` is what pg-boss' own transactional workers go by; its types leave it out.
  return (response as { affected?: number }).affected === 1;
}

function statementsOf(queryable: Queryable): Db {
  return { executeSql: (text, values) => queryable.query(text, values) };
}

function adapterOf(database: Database, log: QueueLog): Db {
  return {
    ...statementsOf(database),
    listen: (channel, onNotification, onReconnect) =>
      listen(database, { channel, onNotification, onReconnect, onLost: (error) => log.error(error) }),
  };
}
