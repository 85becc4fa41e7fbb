import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Database, isOutage, openDatabase } from "../../../services/database/database.ts";
import { hashesOf } from "../../../services/database/hashes.ts";
import { migrate } from "../../../services/database/migrate.ts";
import { migrations } from "../../../services/database/migrations/index.ts";
import { ensureQueues, openQueue, queueNames } from "../../../services/database/queue.ts";
import type { Verification } from "../../../services/database/verification.ts";
import { type Verifications, verificationsOn } from "../../../services/database/verifications.ts";
import { type PostgresqlServer, startPostgresql } from "../servers.ts";

let server: PostgresqlServer;
let database: Database;
let boss: PgBoss;
let verifications: Verifications;

const quiet = { error: () => {}, warning: () => {} };

beforeAll(async () => {
  server = await startPostgresql();
  database = openDatabase({
    host: server.host,
    port: server.port,
    name: server.database,
    applicationName: "test",
    login: () => {
      const { username: user, password } = new URL(server.url);
      return { user, password };
    },
    onIdleError: () => {},
  });
  boss = openQueue(database, "sender", quiet);
  verifications = verificationsOn(database, boss);
});

afterAll(async () => {
  await boss.stop({ close: false });
  await database.close();
  await server.remove();
});

const submission = (model: unknown = {}) => ({ standard: "tsn", property: "p", model }) as const;
const submit = (model: unknown, maxQueued = 1000) => verifications.submit(submission(model), { maxQueued });

async function accepted(model: unknown): Promise<Verification> {
  const submitted = await submit(model);
  if (submitted.outcome !== "accepted") throw new Error(submitted.outcome);
  return submitted.verification;
}

/** Stores a result as a worker does, as far as the record is concerned. */
async function finish(id: string, verdict: object): Promise<void> {
  await database.query(
    "UPDATE platform.verifications SET status = 'finished', finished_at = now(), result = $2 WHERE id = $1",
    [id, JSON.stringify({ ...verdict, engine: { name: "Z3", version: "1" }, durationMs: 1 })],
  );
}

it("says that the database cannot be used yet before it is migrated", async () => {
  const error = await submit({}).catch((reason: unknown) => reason);
  expect(isOutage(error)).toBe(false);
  await migrate(database, migrations);
  const unavailable = await submit({}).catch((reason: unknown) => reason);
  expect(unavailable).toMatchObject({ message: "The queue cannot be used: Error: pg-boss is not installed" });
  expect(isOutage(unavailable)).toBe(true);
  const migrator = openQueue(database, "migrator", quiet);
  await migrator.start();
  await ensureQueues(migrator);
  await migrator.stop({ close: false });
});

describe("submitting", () => {
  beforeEach(async () => {
    await database.query("DELETE FROM platform.verifications");
    await database.query("DELETE FROM queue.job");
  });

  it("records the row and its job together", async () => {
    const model = { b: [1, 2.5, "x"], a: null };
    const traceContext = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
    const submitted = await verifications.submit(submission(model), { maxQueued: 1, traceContext });
    if (submitted.outcome !== "accepted") throw new Error(submitted.outcome);
    const { verification } = submitted;
    expect(verification).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      standard: "tsn",
      property: "p",
      status: "queued",
      submittedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      modelHash: hashesOf(submission({ a: null, b: [1, 2.5, "x"] })).model,
    });
    expect(await verifications.get(verification.id)).toEqual(verification);
    expect(await verifications.modelOf(verification.id)).toEqual({ model });
    const jobs = await boss.findJobs(queueNames.waiting("tsn"), { id: verification.id });
    expect(jobs.map(({ data, state }) => ({ data, state }))).toEqual([
      { data: { verification: verification.id }, state: "created" },
    ]);
    const { rows } = await database.query("SELECT trace_context FROM platform.verifications");
    expect(rows).toEqual([{ trace_context: traceContext }]);
  });

  it("meets in one row when the same is submitted at once, however it is spelled", async () => {
    const models = [
      { a: 1, b: 2 },
      { b: 2, a: 1.0 },
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ];
    const submitted = await Promise.all(models.map((model) => submit(model)));
    expect(submitted.map(({ outcome }) => outcome).sort()).toEqual([
      "accepted",
      "reused",
      "reused",
      "reused",
    ]);
    const ids = submitted.map((each) => (each.outcome === "refused" ? "" : each.verification.id));
    expect(new Set(ids).size).toBe(1);
    expect(await boss.findJobs(queueNames.waiting("tsn"))).toHaveLength(1);
  });

  it.each(["proved", "violated", "invalid"])("answers with an earlier verdict: %s", async (verdict) => {
    const { id } = await accepted({});
    await finish(id, { verdict });
    expect(await submit({}, 0)).toMatchObject({
      outcome: "reused",
      verification: { id, result: { verdict } },
    });
  });

  it("tries again what ended without an answer, as often as it does", async () => {
    for (const _ of [1, 2]) {
      const { id } = await accepted({});
      await finish(id, { verdict: "unknown", reason: { code: "timeout", detail: "x" } });
    }
    expect(await accepted({})).toMatchObject({ status: "queued" });
  });

  it("refuses what is more than may wait, exactly, also when all come at once", async () => {
    const submitted = await Promise.all(Array.from({ length: 20 }, (_, i) => submit({ i }, 7)));
    const count = (outcome: string) => submitted.filter((each) => each.outcome === outcome).length;
    expect([count("accepted"), count("refused")]).toEqual([7, 13]);
    expect(await verifications.waiting("tsn")).toEqual({ depth: 7, oldestSeconds: expect.any(Number) });
    expect(await boss.findJobs(queueNames.waiting("tsn"))).toHaveLength(7);
    const other = { standard: "opcua", property: "p", model: {} } as const;
    expect(await verifications.submit(other, { maxQueued: 7 })).toMatchObject({ outcome: "accepted" });
    await database.query("UPDATE platform.verifications SET status = 'running' WHERE standard = 'tsn'");
    expect(await submit({ i: 99 }, 1)).toMatchObject({ outcome: "accepted" });
  });

  it("records neither row nor job when the database refuses the model", async () => {
    await expect(submit({ name: "a\u0000b" })).rejects.toThrow("unsupported Unicode escape sequence");
    expect(await verifications.waiting("tsn")).toEqual({ depth: 0, oldestSeconds: 0 });
    expect(await boss.findJobs(queueNames.waiting("tsn"))).toEqual([]);
  });
});

describe("listing", () => {
  const ids: string[] = [];

  beforeAll(async () => {
    await database.query("DELETE FROM platform.verifications");
    for (let i = 0; i < 5; i++) ids.unshift((await accepted({ i })).id);
    // The same instant for all: the order within it is that of the ids.
    await database.query("UPDATE platform.verifications SET submitted_at = '2026-01-02T03:04:05.678Z'");
    await finish(ids[1] ?? "", { verdict: "proved" });
  });

  const idsOf = async (...[options]: Parameters<Verifications["list"]>) =>
    (await verifications.list(options)).items.map(({ id }) => id);

  it("gives pages that neither repeat nor leave out, newest first", async () => {
    const first = await verifications.list({ limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await verifications.list({ limit: 2, cursor: first.next ?? "" });
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const third = await verifications.list({ limit: 2, cursor: second.next ?? "" });
    expect(third).toEqual({ items: [expect.objectContaining({ id: ids[4] })] });
  });

  it("gives the verdict of what is finished, and no result", async () => {
    const { items } = await verifications.list({ limit: 2 });
    const [queued, finished] = await Promise.all(items.map(({ id }) => verifications.get(id)));
    const { result, ...shown } = finished ?? {};
    expect(result).toMatchObject({ verdict: "proved" });
    expect(items).toEqual([queued, { ...shown, verdict: "proved" }]);
  });

  it("keeps to what is asked for", async () => {
    expect(await idsOf({ status: "finished" })).toEqual([ids[1]]);
    expect(await idsOf({ status: "queued", standard: "tsn" })).toEqual(ids.filter((_, i) => i !== 1));
    expect(await idsOf({ standard: "matter" })).toEqual([]);
    expect(await verifications.get("00000000-0000-7000-8000-000000000000")).toBeUndefined();
  });
});
