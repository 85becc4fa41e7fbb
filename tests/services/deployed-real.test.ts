import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configurationFiles } from "../../components/data/redis/configuration.ts";
import { redisBytesOf } from "../../components/foundation/quantity.ts";
import { schema } from "../../config/schema.ts";
import { type DeployedPostgresql, deployedPostgresql, deployedRedis } from "./deployed.ts";
import { ensureProgram } from "./programs.ts";

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
  });

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
});

describe("Redis, from the files of its deployment", () => {
  let server: Awaited<ReturnType<typeof deployedRedis>>;
  let redisCli: string;
  beforeAll(async () => {
    redisCli = (await ensureProgram("redis"))["redis-cli"];
    server = await deployedRedis();
    await server.start({ password: "first", "monitoring-password": "watch-1" });
  });
  afterAll(() => server?.remove());

  async function command(user: string, password: string, ...words: string[]): Promise<string> {
    const argv = ["-e", "-h", "127.0.0.1", "-p", String(server.port), "--user", user, ...words];
    const env = { PATH: process.env.PATH, REDISCLI_AUTH: password };
    return (await promisify(execFile)(redisCli, argv, { env })).stdout.trimEnd();
  }

  test("has the settings that the configuration asks for", async () => {
    const { redis } = schema.parse({});
    const directives = (configurationFiles(redis)["redis.conf"] ?? "")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"))
      .map(
        (line) => [line.split(" ")[0] ?? "", line.slice(line.indexOf(" ") + 1).replaceAll('"', "")] as const,
      );
    // Where it listens, and where its files are, is the test's.
    const ours = ["bind", "port", "dir", "aclfile"];
    const wanted = directives.filter(([name]) => !ours.includes(name));
    expect(wanted.length).toBeGreaterThan(15);
    for (const [name, value] of wanted) {
      const [, inEffect] = (await command("admin", server.adminPassword, "CONFIG", "GET", name)).split("\n");
      expect([name, inEffect]).toEqual([name, String(redisBytesOf(value) ?? value)]);
    }
  });

  test("has exactly its two users, and writes down no password", async () => {
    const users = readFileSync(join(server.dir, "run/server/users.acl"), "utf8").split("\n");
    expect(users.slice(0, 2).map((line) => line.split(" ")[1])).toEqual(["default", "monitoring"]);
    expect(users.slice(0, 2).join()).not.toMatch(/first|watch/);
  });

  test.each([
    "INFO ALL",
    "PING",
    "CLIENT SETNAME exporter",
    "SLOWLOG LEN",
    "LATENCY LATEST",
    "LATENCY HISTOGRAM",
  ])("who reads statistics may: %s", async (words) => {
    await expect(command("monitoring", "watch-1", ...words.split(" "))).resolves.toBeTypeOf("string");
  });

  test.each([
    "GET key",
    "SET key value",
    "KEYS *",
    "FLUSHALL",
    "CONFIG GET *",
    "CLIENT LIST",
    "SLOWLOG GET",
    "MONITOR",
    "ACL LIST",
    "SUBSCRIBE channel",
    "EVAL return 0",
  ])("who reads statistics may not: %s", async (words) => {
    await expect(command("monitoring", "watch-1", ...words.split(" "))).rejects.toThrow("NOPERM");
  });

  test("takes another password for statistics, and no longer the one before; the platform's stay", async () => {
    await server.start({ password: "second", "monitoring-password": "watch-2" });
    await expect(command("monitoring", "watch-1", "PING")).rejects.toThrow("WRONGPASS");
    expect(await command("monitoring", "watch-2", "PING")).toBe("PONG");
    expect(await command("default", "first", "PING")).toBe("PONG");
    expect(await command("default", "second", "PING")).toBe("PONG");
  });
});
