import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type DeployedPostgresql, deployedPostgresql } from "./deployed.ts";
import { ensureProgram } from "./programs.ts";

const dumpScript = new URL("../../components/backup/dump.sh", import.meta.url);

const accepted = (password: string, monitoring: string) => ({
  username: `keeper_${password}`,
  password,
  "monitoring-password": monitoring,
});

describe("PostgreSQL, from the files of its deployment", () => {
  let server: DeployedPostgresql;
  beforeAll(async () => {
    server = await deployedPostgresql();
  });
  afterAll(() => server?.remove());

  const as = (user: string, password: string) =>
    new pg.Client({ user, password, host: "127.0.0.1", port: server.port, database: server.database });

  const superuser = () => new pg.Client({ user: "postgres", host: server.socket, port: server.port });

  async function ask(client: pg.Client, query: string): Promise<unknown[]> {
    await client.connect();
    try {
      return (await client.query(query)).rows;
    } finally {
      await client.end();
    }
  }

  test("is made by a preparation that was killed at several places before", async () => {
    const places = [
      /creating configuration files|initdb/,
      /\+ pg_ctl start/,
      /\+ createdb|CREATE DATABASE/,
      /roles\.sql/,
    ];
    for (const place of places) expect(await server.prepare(accepted("first", "watch-1"), place)).toBeNull();
    await server.start(accepted("first", "watch-1"));
    expect(await ask(as("keeper_first", "first"), "SELECT current_user AS user")).toEqual([
      { user: "keeper" },
    ]);
    expect(await ask(as("monitoring", "watch-1"), "SELECT current_user AS user")).toEqual([
      { user: "monitoring" },
    ]);
  });

  test("is made ready again in the same pod, whose copies of the Secret can only be read", async () => {
    await server.crash();
    expect(await ask(as("keeper_first", "first"), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("is ready for the readers' login, also while no connection is left", async () => {
    expect(await server.isReady()).toBe(true);
    const clients: pg.Client[] = [];
    try {
      for (const _ of Array(Number(server.parameters.max_connections))) {
        clients.push(as("keeper_first", "first"));
        await clients.at(-1)?.connect();
      }
      expect.unreachable("there is a last connection");
    } catch (error) {
      expect(error).toMatchObject({ code: "53300" });
      expect(await server.isReady()).toBe(true);
    } finally {
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
    }
    await ask(superuser(), "ALTER ROLE keeper_first NOLOGIN");
    expect(await server.isReady()).toBe(false);
    await ask(superuser(), "ALTER ROLE keeper_first LOGIN");
  });

  test("has the settings that the configuration asks for", async () => {
    const names = Object.keys(server.parameters).map((name) => `'${name}'`);
    const query = `SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN (${names.join()})`;
    const rows = (await ask(as("monitoring", "watch-1"), query)) as { name: string; value: string }[];
    const inEffect = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    const wanted = Object.entries(server.parameters).map(([name, value]) => [name, String(value)]);
    expect(inEffect).toEqual(Object.fromEntries(wanted));
    const fixed =
      "SELECT current_setting('password_encryption') AS password, current_setting('timezone') AS zone";
    expect(await ask(as("monitoring", "watch-1"), fixed)).toEqual([
      { password: "scram-sha-256", zone: "UTC" },
    ]);
  });

  test("lets the superuser in through the pod alone, and nobody to another database", async () => {
    await expect(ask(as("postgres", "any"), "SELECT 1")).rejects.toThrow("rejects connection");
    const elsewhere = new pg.Client({
      user: "monitoring",
      password: "watch-1",
      host: "127.0.0.1",
      port: server.port,
      database: "postgres",
    });
    await expect(elsewhere.connect()).rejects.toThrow("no pg_hba.conf entry");
  });

  describe("the login for statistics", () => {
    let client: pg.Client;
    beforeAll(async () => {
      await ask(as("keeper_first", "first"), "CREATE TABLE kept AS SELECT 7 AS value");
      client = as("monitoring", "watch-1");
      await client.connect();
    });
    afterAll(() => client?.end());

    test("is a role without any power but to read statistics", async () => {
      const { rows } = await client.query(`
        SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolconnlimit, rolconfig,
               (SELECT array_agg(roleid::regrole::text) FROM pg_auth_members WHERE member = oid) AS roles
          FROM pg_roles WHERE rolname = current_user`);
      expect(rows).toEqual([
        {
          rolsuper: false,
          rolcreaterole: false,
          rolcreatedb: false,
          rolreplication: false,
          rolbypassrls: false,
          rolconnlimit: 10,
          rolconfig: [
            "default_transaction_read_only=on",
            "statement_timeout=10s",
            "idle_in_transaction_session_timeout=10s",
          ],
          roles: ["pg_monitor"],
        },
      ]);
    });

    test.each([
      ["what others do", "SELECT query FROM pg_stat_activity WHERE backend_type = 'checkpointer'"],
      ["the write-ahead log", "SELECT name FROM pg_ls_waldir() LIMIT 1"],
      ["settings of the superuser alone", "SELECT setting FROM pg_settings WHERE name = 'hba_file'"],
    ])("reads %s", async (_, query) => {
      expect((await client.query(query)).rowCount).toBe(1);
    });

    test.each([
      ["SELECT value FROM kept", "permission denied for table kept"],
      ["INSERT INTO kept VALUES (8)", "permission denied for table kept"],
      ["CREATE TABLE own (value integer)", "permission denied for schema public"],
      ["CREATE TEMPORARY TABLE own (value integer)", "permission denied to create temporary tables"],
      ["ALTER ROLE monitoring SUPERUSER", /permission denied|must be superuser/],
      ["SET ROLE keeper", "permission denied to set role"],
      ["SELECT pg_read_file('PG_VERSION')", "permission denied for function pg_read_file"],
      ["SELECT pg_reload_conf()", "permission denied for function pg_reload_conf"],
    ])("may not: %s", async (statement, message) => {
      // Also where the session has undone what the role has by default.
      await client.query("BEGIN READ WRITE");
      await expect(client.query(statement)).rejects.toThrow(message);
      await client.query("ROLLBACK");
    });

    test("cannot keep the database from being dumped, whatever it leaves there", async () => {
      // Everybody may make large objects, and nobody but their owner may read them.
      await client.query("BEGIN READ WRITE; SELECT lo_from_bytea(0, 'kept'); COMMIT");
      const dump = await dumpAs("keeper_first", "first");
      expect(dump.contents).toContain("TABLE DATA public kept keeper");
      expect(dump.contents).not.toMatch(/BLOB/);
    });
  });

  /** What dump.sh saves with this login. */
  async function dumpAs(user: string, password: string) {
    const folder = mkdtempSync(join(tmpdir(), "iot-dump-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const programs = dirname((await ensureProgram("postgresql")).pg_dump);
    const env = {
      PATH: `${programs}:${process.env.PATH}`,
      DATABASE_HOST: "127.0.0.1",
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: server.database,
      DATABASE_USER_FILE: file("user", user),
      DATABASE_PASSWORD_FILE: file("password", password),
      PGPASSFILE: join(folder, "pgpass"),
      DUMP_FILE: join(folder, "dump"),
    };
    await promisify(execFile)("bash", [fileURLToPath(dumpScript)], { env });
    return { contents: readFileSync(`${env.DUMP_FILE}.contents`, "utf8") };
  }

  test("takes another password for statistics, and no longer the one before; the platform's logins stay", async () => {
    await server.start(accepted("second", "watch-2"));
    await expect(ask(as("monitoring", "watch-1"), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    for (const [user, password] of [
      ["monitoring", "watch-2"],
      ["keeper_first", "first"],
      ["keeper_second", "second"],
    ] as const) {
      expect(await ask(as(user, password), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    }
  });

  // A sentence of docs/configuration.md.
  test("To be rid of a leaked value at once, rotate twice", async () => {
    for (const password of ["leaked", "next", "last"]) {
      await server.start(accepted(password, "watch-2"));
      const { username } = accepted(password, "");
      server.publish({ username });
    }
    await expect(ask(as("keeper_leaked", "leaked"), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    for (const password of ["next", "last"]) {
      expect(await ask(as(`keeper_${password}`, password), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    }
  });
});
