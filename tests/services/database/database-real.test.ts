import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Database, isOutage, openDatabase } from "../../../services/database/database.ts";
import { listen } from "../../../services/database/listen.ts";
import { type PostgresqlServer, startPostgresql } from "../servers.ts";

let server: PostgresqlServer;
const opened: Database[] = [];

beforeAll(async () => {
  server = await startPostgresql();
});

afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await server.remove();
});

function open(options: Partial<Parameters<typeof openDatabase>[0]> = {}): Database {
  const database = openDatabase({
    host: server.host,
    port: server.port,
    name: server.database,
    applicationName: "test of the pool",
    login: () => {
      const { username: user, password } = new URL(server.url);
      return { user, password };
    },
    onIdleError: () => {},
    ...options,
  });
  opened.push(database);
  return database;
}

const one = async (database: Database, sql: string) =>
  (await database.query<{ value: unknown }>(sql)).rows[0]?.value;

describe("the pool", () => {
  it("acts as the owner, under its own name", async () => {
    const database = open();
    expect(await one(database, "SELECT current_user AS value")).toBe(server.owner);
    expect(await one(database, "SELECT current_setting('application_name') AS value")).toBe(
      "test of the pool",
    );
  });

  it("asks for the login at each new connection", async () => {
    const logins: string[] = [];
    const database = open({
      login: () => {
        const { username: user, password } = new URL(server.url);
        logins.push(user);
        return { user, password };
      },
    });
    await one(database, "SELECT 1 AS value");
    await server.rotateLogin();
    await Promise.all([one(database, "SELECT 1 AS value"), one(database, "SELECT 2 AS value")]);
    expect(new Set(logins).size).toBe(2);
    expect(await one(database, "SELECT current_user AS value")).toBe(server.owner);
  });

  it("survives a refused login that is right the next time", async () => {
    let wrong = true;
    const database = open({
      login: () => {
        const { username: user, password } = new URL(server.url);
        const given = wrong ? `${password}-wrong` : password;
        wrong = false;
        return { user, password: given };
      },
    });
    expect(await one(database, "SELECT 1 AS value")).toBe(1);
  });

  it("fails a query, not the process, when the login cannot be read", async () => {
    const database = open({
      maxConnections: 1,
      login: () => {
        throw new Error("no such file");
      },
    });
    await expect(Promise.all([database.query("SELECT 1"), database.query("SELECT 1")])).rejects.toThrow(
      /no such file/,
    );
  });

  it("ends a statement that takes too long, and goes on", async () => {
    const database = open({ statementTimeout: 200, maxConnections: 1 });
    await expect(database.query("SELECT pg_sleep(30)")).rejects.toThrow("statement timeout");
    expect(await one(database, "SELECT 1 AS value")).toBe(1);
  });

  it("rolls a failed transaction back", async () => {
    const database = open({ maxConnections: 1 });
    await database.query("CREATE TABLE pool_test (a int)");
    const failing = database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO pool_test VALUES (1)");
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await one(database, "SELECT count(*)::int AS value FROM pool_test")).toBe(0);
  });

  it("survives a restart of the server, whatever its connections were doing", async () => {
    const idle: Error[] = [];
    const database = open({ onIdleError: (error) => idle.push(error) });
    // Three connections: one will run a statement, one will be between two, one will be unused.
    await Promise.all([1, 2, 3].map(() => one(database, "SELECT pg_sleep(0.05)::text AS value")));
    const busy = database.query("SELECT pg_sleep(60)").catch((error: unknown) => error);
    const inTransaction = database
      .transaction(async (transaction) => {
        await transaction.query("SELECT 1");
        await server.restart();
        await transaction.query("SELECT 1");
      })
      .catch((error: unknown) => error);
    expect([isOutage(await busy), isOutage(await inTransaction)]).toEqual([true, true]);
    expect(await one(database, "SELECT 1 AS value")).toBe(1);
    expect(idle.map(isOutage)).toEqual([true]);
  });

  it("says of a server that is not there that it is an outage", async () => {
    const database = open({ port: 1 });
    expect(isOutage(await database.query("SELECT 1").catch((error: unknown) => error))).toBe(true);
    const wrongSql = await open()
      .query("SELECT nonsense")
      .catch((error: unknown) => error);
    expect(isOutage(wrongSql)).toBe(false);
  });

  it("holds no lock for a client that has fallen silent, even where statements may take any time", async () => {
    const database = open({ statementTimeout: 0 });
    const limit = "SELECT current_setting('idle_in_transaction_session_timeout') AS value";
    expect(await one(database, limit)).toBe("30s");
  });

  it("counts its connections", async () => {
    const database = open({ maxConnections: 1 });
    const held = database.transaction(async (transaction) => {
      const waiting = database.query("SELECT 1");
      await transaction.query("SELECT 1");
      return { counts: database.connections(), waiting };
    });
    const { counts, waiting } = await held;
    expect(counts).toEqual({ max: 1, total: 1, idle: 0, waiting: 1 });
    await waiting;
  });
});

describe("listening", () => {
  it("ends, although the server hangs", { timeout: 20_000 }, async () => {
    const options = { channel: "c", onNotification: () => {}, onReconnect: () => {}, onLost: () => {} };
    const listening = await listen(open(), options);
    await server.pause();
    try {
      await listening.close();
    } finally {
      await server.resume();
    }
  });

  it("hears what is notified, also after the server was restarted", async () => {
    const database = open();
    const heard: string[] = [];
    const subscribed = vi.fn();
    const lost = vi.fn();
    const listening = await listen(database, {
      channel: 'a "channel"',
      onNotification: (payload) => heard.push(payload),
      onReconnect: subscribed,
      onLost: lost,
    });
    await database.query(`SELECT pg_notify('a "channel"', 'first')`);
    await vi.waitUntil(() => heard.length === 1);
    await server.restart();
    await vi.waitUntil(() => subscribed.mock.calls.length === 2, 10_000);
    expect(lost).toHaveBeenCalledOnce();
    await database.query(`SELECT pg_notify('a "channel"', 'second')`);
    await vi.waitUntil(() => heard.length === 2);
    expect(heard).toEqual(["first", "second"]);
    await listening.close();
  });
});
