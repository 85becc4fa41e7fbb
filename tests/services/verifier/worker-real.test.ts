import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { attemptsOn } from "../../../services/database/attempts.ts";
import type { Database } from "../../../services/database/database.ts";
import { openQueue, queueNames } from "../../../services/database/queue.ts";
import { createLogger } from "../../../services/runtime/logs.ts";
import { createRegistry } from "../../../services/runtime/metrics.ts";
import { startWorker, stopWorker } from "../../../services/verifier/worker.ts";
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

it("gives back, and does not call done, what it has no verdict for when its time to end is over", async () => {
  const boss = openQueue(breakingOnce(platform.database), "worker", { error: () => {}, warning: () => {} });
  const log = createLogger({ service: "test", level: "error", format: "json" });
  const { metrics } = createRegistry("verifier", log);
  const started = vi.fn();
  const options = {
    standard: "tsn",
    boss,
    concurrency: 1,
    attempts: {
      ...attemptsOn(platform.database, boss),
      start: () => {
        started();
        return new Promise<undefined>(() => {});
      },
    },
    cache: { publish: async () => {}, set: async () => {} },
    metrics,
    log,
    limits: { milliseconds: 30_000, memoryBytes: 2 ** 28 },
    engine: { name: "Z3", version: "5.4.1" },
  } as const;
  await startWorker(options, new AbortController().signal);
  const id = await platform.submit({ do: "prove" });
  await vi.waitUntil(() => started.mock.calls.length > 0, 10_000);
  await stopWorker(boss, { seconds: 1 });
  await platform.boss.start();
  const [job] = await platform.boss.findJobs(queueNames.waiting("tsn"), { id });
  expect(job?.state).toBe("retry");
});
