import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { attemptOf, attemptsOn } from "../../../services/database/attempts.ts";
import { completeJob, openQueue, queueNames } from "../../../services/database/queue.ts";
import type { Result } from "../../../services/database/verification.ts";
import { alive, hard, jobsOf, lapse } from "./faults.ts";
import { type Platform, startPlatform, type Verifier } from "./platform.ts";

let platform: Platform;
let file: string;
let verifiers: Verifier[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  expect(await platform.migrate().ended).toBe(0);
  await platform.boss.start();
  // The least that pg-boss allows, so that a lost worker is missed soon.
  await platform.boss.updateQueue(queueNames.waiting("tsn"), { heartbeatSeconds: 10 });
});

let count = 0;
beforeEach(() => {
  file = `${platform.dir}/go-on-${++count}`;
});

afterEach(async () => {
  for (const { process } of verifiers) process.kill("SIGKILL");
  await Promise.all(verifiers.map(({ ended }) => ended));
  verifiers = [];
});

afterAll(() => platform.remove());

async function verifier(settings: Record<string, string> = {}): Promise<Verifier> {
  const started = await platform.startVerifier({ MAX_CONCURRENT_VERIFICATIONS: "1", ...settings });
  verifiers.push(started);
  return started;
}

/** How many verdicts each of these workers has stored for a verification that is finished. */
async function verdictsOf(id: string, ...workers: Verifier[]): Promise<number[]> {
  const stored = ({ lines }: Verifier) =>
    lines.filter(({ msg, verification }) => msg === "verification finished" && verification === id).length;
  // A worker says so just after the record does.
  await vi.waitUntil(() => workers.some((worker) => stored(worker) > 0), 10_000);
  return workers.map(stored);
}

it("finishes on another worker what a killed worker had begun, with one verdict", async () => {
  const first = await verifier();
  const id = await platform.submit({ do: "await-file", file });
  await platform.running(id);
  const jobs = jobsOf(first);
  expect(alive(jobs)).toBe(1);
  first.process.kill("SIGKILL");
  const second = await verifier();
  await vi.waitUntil(() => alive(jobs) === 0, 5_000);
  await second.logged("verification started");
  writeFileSync(file, "");
  expect((await platform.finished(id)).result).toMatchObject({ verdict: "proved" });
  expect(await verdictsOf(id, first, second)).toEqual([0, 1]);
  expect(await platform.postgresql.sql(`SELECT attempt FROM platform.verifications WHERE id = '${id}'`)).toBe(
    "2",
  );
});

it("ends jobs and engines with a killed worker, also a job that never looks up", async () => {
  const first = await verifier({ MAX_CONCURRENT_VERIFICATIONS: "2" });
  await platform.submit({ do: "compute", tag: "with a killed worker" });
  await platform.submit({ do: "run-engine", input: hard });
  // Two processes of jobs, and an engine.
  await vi.waitUntil(() => alive(jobsOf(first)) === 3, 10_000);
  const jobs = jobsOf(first);
  first.process.kill("SIGKILL");
  await first.ended;
  await vi.waitUntil(() => alive(jobs) === 0, 5_000);
});

it("ends the job of a worker that has lost its lease, and begins anew", async () => {
  await platform.database.query("DELETE FROM queue.job");
  const worker = await verifier();
  const id = await platform.submit({ do: "await-file", file });
  await platform.running(id);
  const [lost = 0] = jobsOf(worker);
  await platform.boss.fail(queueNames.waiting("tsn"), id);
  await worker.logged("verification abandoned: its lease is lost, another worker has it");
  expect(alive([lost])).toBe(0);
  writeFileSync(file, "");
  expect((await platform.finished(id)).result).toMatchObject({ verdict: "proved" });
  expect(await verdictsOf(id, worker)).toEqual([1]);
  const starts = worker.lines.filter(({ msg }) => msg === "verification started");
  expect(starts.map(({ attempt }) => attempt)).toEqual([1, 2]);
});

it("is not ready while the database is away or silent, and is again after it", async () => {
  const worker = await verifier();
  const status = async () => (await fetch(`${worker.http}/ready`)).status;
  expect(await status()).toBe(200);
  await platform.postgresql.stop();
  await vi.waitUntil(async () => (await status()) === 503, 10_000);
  await platform.postgresql.start();
  await vi.waitUntil(async () => (await status()) === 200, 10_000);
  await platform.postgresql.pause();
  await vi.waitUntil(async () => (await status()) === 503, 10_000);
  await platform.postgresql.resume();
  await vi.waitUntil(async () => (await status()) === 200, 10_000);
  expect((await fetch(`${worker.http}/health`)).status).toBe(200);
});

it("lets a running verification finish when it is told to end, and takes no other", async () => {
  const told = await verifier();
  await platform.database.query("DELETE FROM queue.job");
  const [running, waiting] = [
    await platform.submit({ do: "await-file", file }),
    await platform.submit({ do: "prove", text: "waits" }),
  ];
  await platform.running(running);
  told.process.kill("SIGTERM");
  await told.logged("told to end");
  expect(await platform.verifications.get(running)).toMatchObject({ status: "running" });
  writeFileSync(file, "");
  expect(await told.ended).toBe(0);
  expect(await platform.verifications.get(running)).toMatchObject({ result: { verdict: "proved" } });
  expect(await platform.verifications.get(waiting)).toMatchObject({ status: "queued" });
  expect(await verdictsOf(running, told)).toEqual([1]);
});

it("survives a restart of the database in mid-proof, with the first attempt's verdict", async () => {
  const worker = await verifier();
  const id = await platform.submit({ do: "await-file", file });
  await platform.running(id);
  await platform.postgresql.stop();
  writeFileSync(file, "");
  await worker.logged("the database cannot be reached; trying again");
  await platform.postgresql.start();
  expect((await platform.finished(id)).result).toMatchObject({ verdict: "proved" });
  const sql = `SELECT attempt FROM platform.verifications WHERE id = '${id}'`;
  expect(await platform.postgresql.sql(sql)).toBe("1");
  expect(await verdictsOf(id, worker)).toEqual([1]);
  const next = await platform.submit({ do: "prove", text: "after the restart" });
  expect((await platform.finished(next)).result).toMatchObject({ verdict: "proved" });
});

it("goes on with a login that was rotated, without a restart", async () => {
  const worker = await verifier();
  await platform.postgresql.rotateLogin();
  await platform.postgresql.rotateLogin();
  await platform.postgresql.rotateLogin();
  await platform.postgresql.restart();
  const id = await platform.submit({ do: "prove", text: "with another login" });
  expect((await platform.finished(id)).result).toMatchObject({ verdict: "proved" });
  expect(worker.process.exitCode).toBeNull();
});

it("needs no cache: flushed or gone, verdicts are stored", async () => {
  await verifier();
  await platform.redis.flush();
  const flushed = await platform.submit({ do: "prove", text: "flushed" });
  expect((await platform.finished(flushed)).result).toMatchObject({ verdict: "proved" });
  await platform.redis.kill();
  try {
    const gone = await platform.submit({ do: "prove", text: "gone" });
    expect((await platform.finished(gone)).result).toMatchObject({ verdict: "proved" });
  } finally {
    await platform.redis.start();
  }
});

it("gives a verification whose workers were killed each time the verdict that says so", async () => {
  await platform.database.query("DELETE FROM queue.job");
  const id = await platform.submit({ do: "await-file", file });
  for (const attempt of [1, 2, 3]) {
    const killed = await verifier();
    expect(await killed.logged("verification started")).toMatchObject({ verification: id, attempt });
    killed.process.kill("SIGKILL");
    await killed.ended;
    await lapse(platform, [id]);
  }
  // It may have stood still for long: the milliseconds of 60 days are no 32-bit number.
  await platform.database.query(
    "UPDATE platform.verifications SET started_at = started_at - interval '60 days' WHERE id = $1",
    [id],
  );
  const worker = await verifier();
  const { result, status } = await platform.finished(id);
  expect({ status, result }).toMatchObject({
    status: "finished",
    result: { verdict: "unknown", reason: { code: "worker-lost" }, engine: { name: "Z3", version: "5.4.1" } },
  });
  expect(result?.durationMs).toBeGreaterThan(60 * 24 * 3600 * 1000);
  expect(await verdictsOf(id, worker)).toEqual([1]);
});

it("refuses the verdict of a worker that has lost its lease", async () => {
  await platform.database.query("DELETE FROM queue.job");
  const boss = openQueue(platform.database, "sender", { error: () => {}, warning: () => {} });
  await boss.start();
  const attempts = attemptsOn(platform.database, boss);
  const queue = queueNames.waiting("tsn");
  const result: Result = {
    verdict: "unknown",
    reason: { code: "undecided", detail: "late" },
    engine: { name: "Z3", version: "5.4.1" },
    durationMs: 1,
  };
  const id = await platform.submit({ do: "prove", text: "late" });
  const [first] = await boss.fetch(queue);
  if (!first) throw new Error("no job");
  expect(await attempts.start(attemptOf("tsn", first))).toMatchObject({ verification: { id } });
  await boss.fail(queue, first);
  expect(await attempts.finish(attemptOf("tsn", first), result)).toBeUndefined();
  const [second] = await boss.fetch(queue);
  if (!second) throw new Error("no job");
  expect(await attempts.start(attemptOf("tsn", second))).toMatchObject({ verification: { id } });
  expect(await attempts.start(attemptOf("tsn", first))).toBeUndefined();
  expect(await attempts.finish(attemptOf("tsn", first), result)).toBeUndefined();
  expect(await platform.verifications.get(id)).toMatchObject({ status: "running" });
  const stored = await attempts.finish(attemptOf("tsn", second), { ...result, durationMs: 2 });
  expect(stored).toMatchObject({ status: "finished", result: { durationMs: 2 } });
  // The answer to a commit may be lost in an outage: the same attempt may ask again.
  expect(await attempts.finish(attemptOf("tsn", second), result)).toEqual(stored);
  expect(await attempts.finish(attemptOf("tsn", first), result)).toBeUndefined();
  expect(await completeJob(boss, platform.database, queue, second)).toBe(false);
  await boss.stop({ close: false });
});
