import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Attempt, type Attempts, attemptsOn } from "../../../services/database/attempts.ts";
import type { Database } from "../../../services/database/database.ts";
import { openQueue, queueNames } from "../../../services/database/queue.ts";
import type { Logger } from "../../../services/runtime/logs.ts";
import { createRegistry } from "../../../services/runtime/metrics.ts";
import { startWorker, stopWorker, type WorkerOptions } from "../../../services/verifier/worker.ts";
import { recordingLog } from "../runtime/fixtures.ts";
import { type Platform, startPlatform } from "./platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
  expect(await platform.migrate().ended).toBe(0);
});

afterAll(() => platform.remove());

/** The database, but the first time that a job is to be given back the connection breaks. */
function breakingOnce(database: Database): Database {
  let whole = true;
  return {
    ...database,
    query: async (text, values) => {
      if (!whole || !text.includes("dlq_jobs")) return database.query(text, values);
      whole = false;
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    },
  };
}

const quiet = { error: () => {}, warning: () => {} };

/** What a worker of one slot needs, with the attempts of a test instead of some or all of its own. */
function workerOn(boss: PgBoss, attempts: Partial<Attempts>, log: Logger): WorkerOptions {
  return {
    standard: "tsn",
    boss,
    concurrency: 1,
    attempts: { ...attemptsOn(platform.database, boss), ...attempts },
    cache: { publish: async () => {}, set: async () => {} },
    metrics: createRegistry("verifier", log).metrics,
    log,
    limits: { milliseconds: 30_000, memoryBytes: 2 ** 28 },
    engine: { name: "Z3", version: "5.4.1" },
  };
}

const untilStopped = () => new AbortController().signal;

it("gives back, and does not call done, what it has no verdict for when its time to end is over", async () => {
  const boss = openQueue(breakingOnce(platform.database), "worker", quiet);
  const start = vi.fn(() => new Promise<undefined>(() => {}));
  await startWorker(workerOn(boss, { start }, recordingLog().log), untilStopped());
  const id = await platform.submit({ do: "prove" });
  await vi.waitUntil(() => start.mock.calls.length > 0, 10_000);
  await stopWorker(boss, { seconds: 1 });
  await platform.boss.start();
  const [job] = await platform.boss.findJobs(queueNames.waiting("tsn"), { id });
  expect(job?.state).toBe("retry");
});

it("takes what waits one after the other, without waiting for the next look at the queue", async () => {
  await platform.database.query("DELETE FROM queue.job");
  const ids = [];
  for (const text of ["1", "2", "3", "4", "5"]) ids.push(await platform.submit({ do: "prove", text }));
  const boss = openQueue(platform.database, "worker", quiet);
  // An hour between two looks, and nothing that is announced: only the worker itself can wake its slot.
  const work = boss.work.bind(boss) as (...given: unknown[]) => Promise<string>;
  const rarely = { pollingIntervalSeconds: 3600, notifyPollingIntervalSeconds: 3600 };
  const workRarely = (queue: string, options: object, handler: unknown) =>
    work(queue, { ...options, ...rarely }, handler);
  Object.assign(boss, { work: workRarely });
  const taken: string[] = [];
  const start = async ({ id }: Attempt) => void taken.push(id);
  await startWorker(
    workerOn(boss, { start: start as Attempts["start"] }, recordingLog().log),
    untilStopped(),
  );
  await vi.waitUntil(() => taken.length === ids.length, 60_000);
  expect(taken).toEqual(ids);
  await stopWorker(boss, { seconds: 1 });
});

it("logs why attempts cannot begin, and says in the verdict where to look", async () => {
  await platform.database.query("DELETE FROM queue.job");
  const boss = openQueue(platform.database, "worker", quiet);
  const { log, lines } = recordingLog();
  const refused = Object.assign(new Error("permission denied for table verifications"), { code: "42501" });
  const start = vi.fn(() => Promise.reject(refused));
  await startWorker(workerOn(boss, { start }, log), untilStopped());
  const id = await platform.submit({ do: "prove", text: "never begun" });
  const { result } = await platform.finished(id);
  await stopWorker(boss, { seconds: 1 });
  expect(start).toHaveBeenCalledTimes(3);
  const told = lines.filter(({ msg }) => msg === "a job failed; the queue has it tried again");
  const line = { level: "error", verification: id, err: { code: "42501", message: refused.message } };
  expect(told).toMatchObject([line, line, line]);
  expect(result).toMatchObject({
    verdict: "unknown",
    reason: {
      code: "worker-lost",
      detail: expect.stringContaining("The log of the verifier, by the id of the verification,"),
    },
  });
});
