import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresqlServer, startPostgresql } from "../servers.ts";
import {
  migrate,
  type ObjectStorageServer,
  plainDump,
  runProgram,
  runScript,
  scriptEnvironment,
  scriptFile,
  startObjectStorage,
} from "./rig.ts";

let source: PostgresqlServer;
let target: PostgresqlServer;
let storage: ObjectStorageServer;

beforeAll(async () => {
  [source, target, storage] = await Promise.all([startPostgresql(), startPostgresql(), startObjectStorage()]);
  expect((await runProgram("ensure-buckets", storage.environment)).code).toBe(0);
  await migrate(source.environment);
  const statements = [
    `INSERT INTO platform.verifications (id, standard, property, model, submission_hash, model_hash)
       SELECT gen_random_uuid(), 'tsn', 'deadlines', jsonb_build_object('text', repeat('Zeit ⏱ \\ "' || n, 20)), n, n
         FROM generate_series(1, 500) AS n`,
    `INSERT INTO platform.verifications
            (id, standard, property, model, submission_hash, model_hash, status, finished_at, result)
     VALUES (gen_random_uuid(), 'tsn', 'deadlines', '{}', 'x', 'x', 'finished', now(), '{"verdict": "proved"}')`,
    `INSERT INTO queue.job (name, data) SELECT name, '{"id": 1}' FROM queue.queue`,
  ];
  const client = new pg.Client(source.url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
});

afterAll(async () => {
  await Promise.all([source?.remove(), target?.remove(), storage?.remove()]);
});

/** Scratch space of one pod. */
let scratch: { readonly DUMP_FILE: string; readonly PGPASSFILE: string };

beforeEach(() => {
  const folder = mkdtempSync(join(storage.dir, "scratch-"));
  scratch = { DUMP_FILE: join(folder, "database.dump"), PGPASSFILE: join(folder, "pgpass") };
});

async function backUp() {
  await runScript("dump", { ...source.environment, ...scratch });
  const { code, lines } = await runProgram("upload", { ...storage.environment, ...scratch });
  expect(code).toBe(0);
  return lines.find(({ msg }) => msg === "the backup is stored, and can be read back");
}

async function restore() {
  rmSync(scratch.DUMP_FILE, { force: true });
  const { code } = await runProgram("download", { ...storage.environment, ...scratch });
  expect(code).toBe(0);
  await runScript("restore", { ...target.environment, ...scratch });
}

describe("a backup", () => {
  it("brings schema, rows and owners into an empty server, exactly", async () => {
    const stored = await backUp();
    expect(stored).toMatchObject({
      form: 1,
      database: source.database,
      begun: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      serverVersion: (await source.sql("SHOW server_version")).split(" ")[0],
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await restore();
    const expected = await plainDump(source);
    expect(expected).toContain("CREATE TABLE platform.verifications");
    expect(expected.match(/Zeit ⏱/g)?.length).toBe(500 * 20);
    expect(await plainDump(target)).toBe(expected);
    expect(readdirSync(join(scratch.DUMP_FILE, ".."))).toEqual(["database.dump", "database.dump.contents"]);
  });

  it("takes what came after it away again", async () => {
    await backUp();
    await restore();
    const later = new pg.Client(target.url);
    await later.connect();
    await later.query(
      "CREATE TABLE platform.later (id int); CREATE SCHEMA more; CREATE VIEW more.v AS SELECT 1",
    );
    await later.query("DELETE FROM platform.verifications WHERE status = 'queued'");
    await later.end();
    await restore();
    expect(await plainDump(target)).toBe(await plainDump(source));
  });

  it.each([
    ["cut short", (dump: Buffer) => dump.subarray(0, dump.length - 3_000)],
    ["no dump at all", () => Buffer.from("SELECT 1;")],
  ])("changes nothing when its file is %s", async (_what, damaged) => {
    await backUp();
    await restore();
    const before = await plainDump(target);
    writeFileSync(scratch.DUMP_FILE, damaged(readFileSync(scratch.DUMP_FILE)));
    await expect(runScript("restore", { ...target.environment, ...scratch })).rejects.toThrow(
      /pg_restore: error/,
    );
    expect(await plainDump(target)).toBe(before);
    expect(existsSync(scratch.PGPASSFILE)).toBe(false);
  });

  it("changes nothing while somebody works with the database, and says so", async () => {
    await backUp();
    await restore();
    const before = await plainDump(target);
    const holder = new pg.Client(target.url);
    await holder.connect();
    await holder.query("BEGIN; SELECT FROM platform.verifications");
    const failed = await runScript("restore", {
      ...target.environment,
      ...scratch,
      LOCK_TIMEOUT: "1s",
    }).catch((error: Error) => error.message);
    await holder.end();
    expect(failed).toMatch(/canceling statement due to lock timeout/);
    expect(await plainDump(target)).toBe(before);
  });
});

describe("dump.sh", () => {
  it("succeeds although somebody else has made a large object, which it may not read", async () => {
    const object = await source.sql("SELECT lo_from_bytea(0, 'x')");
    try {
      await runScript("dump", { ...source.environment, ...scratch });
    } finally {
      await source.sql(`SELECT lo_unlink(${object})`);
    }
    expect(readFileSync(`${scratch.DUMP_FILE}.contents`, "utf8")).not.toContain("BLOB");
  });

  it("leaves no dump behind when it is killed", async () => {
    const holder = new pg.Client(source.url);
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE platform.verifications IN ACCESS EXCLUSIVE MODE");
    const dump = spawn("bash", [scriptFile("dump")], {
      env: await scriptEnvironment({ ...source.environment, ...scratch }),
      detached: true,
      stdio: "ignore",
    });
    const ended = once(dump, "close");
    const waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'";
    while ((await source.sql(waiting)) !== "1") await delay(20);
    process.kill(-(dump.pid ?? 0), "SIGKILL");
    await ended;
    await holder.end();
    expect(existsSync(scratch.DUMP_FILE)).toBe(false);
    expect(existsSync(`${scratch.DUMP_FILE}.contents`)).toBe(false);
  });

  it("fails when the login is refused, and says so", async () => {
    const wrong = { DATABASE_PASSWORD_FILE: source.credentials.usernameFile };
    await expect(runScript("dump", { ...source.environment, ...scratch, ...wrong })).rejects.toThrow(
      /password authentication failed/,
    );
    expect(readdirSync(join(scratch.DUMP_FILE, ".."))).toEqual(["database.dump.partial"]);
  });
});
