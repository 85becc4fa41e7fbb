import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "../../../services/database/database.ts";
import { isMigrated, migrate } from "../../../services/database/migrate.ts";
import { type Migration, migrations } from "../../../services/database/migrations/index.ts";
import { ensureQueues, openQueue, queueNames } from "../../../services/database/queue.ts";
import { type PostgresqlServer, startPostgresql } from "../servers.ts";

let server: PostgresqlServer;
let database: Database;
const opened: Database[] = [];
let count = 0;

beforeAll(async () => {
  server = await startPostgresql();
});

beforeEach(async () => {
  const name = `migrated_${++count}`;
  await server.createDatabase(name);
  const { username: user, password } = new URL(server.url);
  database = openDatabase({
    host: server.host,
    port: server.port,
    name,
    applicationName: "test",
    login: () => ({ user, password }),
    onIdleError: () => {},
  });
  opened.push(database);
});

afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await server.remove();
});

const a: Migration = { name: "0001-a", sql: "CREATE TABLE platform.a (x int)" };
const b: Migration = { name: "0002-b", sql: "CREATE TABLE platform.b (x int)" };

const tables = async () =>
  (
    await database.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'platform' ORDER BY 1",
    )
  ).rows.map(({ name }) => name);

it("applies what is missing, in order, once", async () => {
  expect(await isMigrated(database, [a])).toBe(false);
  expect(await migrate(database, [a])).toEqual(["0001-a"]);
  expect(await isMigrated(database, [a])).toBe(true);
  expect(await isMigrated(database, [a, b])).toBe(false);
  expect(await migrate(database, [a, b])).toEqual(["0002-b"]);
  expect(await migrate(database, [a, b])).toEqual([]);
  expect(await tables()).toEqual(["a", "b", "migrations"]);
});

it("lets several run at a time: each step is applied by one of them", async () => {
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database, [a, b])));
  expect(applied.flat().sort()).toEqual(["0001-a", "0002-b"]);
});

it("keeps the steps before one that fails, and nothing of that one", async () => {
  const broken = { name: "0002-b", sql: "CREATE TABLE platform.b (x int); SELECT nonsense" };
  await expect(migrate(database, [a, broken])).rejects.toThrow("nonsense");
  expect(await tables()).toEqual(["a", "migrations"]);
  expect(await migrate(database, [a, b])).toEqual(["0002-b"]);
});

it("refuses a step that was changed after it was applied", async () => {
  await migrate(database, [a]);
  const changed = { ...a, sql: "CREATE TABLE platform.a (y int)" };
  await expect(migrate(database, [changed])).rejects.toThrow(
    /^Migration 0001-a was changed after it was applied: .* add a new migration instead\.$/,
  );
});

it("refuses a database that is newer than the program", async () => {
  await migrate(database, [a, b]);
  await expect(migrate(database, [a])).rejects.toThrow(
    "The database is newer than this program: it has 0002-b, and this program's last migration is 0001-a.",
  );
  expect(await isMigrated(database, [a])).toBe(true);
});

it("makes the schema and the queues of this version, and may be repeated", async () => {
  const errors: unknown[] = [];
  for (const _ of [1, 2]) {
    await migrate(database, migrations);
    const boss = openQueue(database, "migrator", { error: (error) => errors.push(error), warning: () => {} });
    await boss.start();
    await ensureQueues(boss);
    expect((await boss.detectSchemaDrift()).ok).toBe(true);
    expect(await boss.getQueue(queueNames.waiting("tsn"))).toMatchObject({
      deadLetter: queueNames.lost("tsn"),
      heartbeatSeconds: 30,
      retryLimit: 2,
      notify: true,
    });
    await boss.stop({ close: false });
  }
  expect(errors).toEqual([]);
  expect(await tables()).toEqual(["migrations", "verifications"]);
});
