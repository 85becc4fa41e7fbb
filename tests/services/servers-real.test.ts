import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type PostgresqlServer, type RedisServer, startPostgresql, startRedis } from "./servers.ts";

/** One row of a query by a client of its own. */
async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return (await client.query(query)).rows[0];
  } finally {
    await client.end();
  }
}

describe("PostgreSQL", () => {
  let server: PostgresqlServer;
  beforeAll(async () => {
    server = await startPostgresql({ settings: { max_connections: 17 } });
  }, 120_000);
  afterAll(() => server?.remove());

  const owner =
    "SELECT current_user, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()";

  test("the platform's login acts as the owner of the platform's database, and files and settings lead there", async () => {
    expect(await ask(server.url, owner)).toEqual({
      current_user: "iot_verification",
      owner: "iot_verification",
    });
    const { environment } = server;
    expect(environment).toEqual({
      DATABASE_HOST: "127.0.0.1",
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: "iot_verification",
      DATABASE_USER_FILE: server.credentials.usernameFile,
      DATABASE_PASSWORD_FILE: server.credentials.passwordFile,
    });
    const url = new URL(server.url);
    expect([url.username, url.password]).toEqual([
      readFileSync(server.credentials.usernameFile, "utf8"),
      readFileSync(server.credentials.passwordFile, "utf8"),
    ]);
  });

  test("settings reach the server", async () => {
    expect(await server.sql("SHOW max_connections")).toBe("17");
  });

  test("the superuser comes in with a password, and nobody without", async () => {
    expect(
      await ask(server.superuserUrl, "SELECT usesuper FROM pg_user WHERE usename = current_user"),
    ).toEqual({
      usesuper: true,
    });
    const wrong = new URL(server.superuserUrl);
    wrong.password = "wrong";
    await expect(ask(wrong.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("a database of its own belongs to the platform", async () => {
    const url = await server.createDatabase("another");
    expect(await ask(url, owner)).toEqual({ current_user: "iot_verification", owner: "iot_verification" });
  });

  test("a rotation changes the files; the login before it stays valid, older ones do not", async () => {
    const urls = [server.url];
    for (let rotation = 0; rotation < 2; rotation++) {
      await server.rotateLogin();
      urls.push(server.url);
    }
    expect(new Set(urls.map((url) => new URL(url).username)).size).toBe(3);
    const [oldest = "", ...valid] = urls;
    for (const url of valid) expect(await ask(url, "SELECT 1 AS one")).toEqual({ one: 1 });
    await expect(ask(oldest, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("what was committed is there after a crash, on the same port", async () => {
    await ask(server.url, "CREATE TABLE kept AS SELECT 7 AS value");
    await server.kill();
    await expect(ask(server.url, "SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await server.start();
    expect(await ask(server.url, "SELECT value FROM kept")).toEqual({ value: 7 });
    await server.restart();
    expect(await ask(server.url, "SELECT value FROM kept")).toEqual({ value: 7 });
  });

  test("a paused one answers nothing until it goes on", async () => {
    await server.pause();
    const answer = ask(server.url, "SELECT 1 AS one").then(() => "answered");
    const silence = new Promise((resolve) => setImmediate(() => resolve("silent")));
    expect(await Promise.race([answer, silence])).toBe("silent");
    await server.resume();
    expect(await answer).toBe("answered");
  });

  test("settings that it does not take are an error with its own words", async () => {
    await expect(startPostgresql({ settings: { max_connections: -1 } })).rejects.toThrow(
      /postgres does not start:\n[\s\S]*max_connections/,
    );
  });
});

describe("Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ settings: { maxmemory: "17mb" } });
  }, 120_000);
  afterAll(() => server?.remove());

  test("files and settings lead there; clients may not administer it", async () => {
    expect(server.environment).toEqual({
      REDIS_HOST: "127.0.0.1",
      REDIS_PORT: String(server.port),
      REDIS_PASSWORD_FILE: server.passwordFile,
    });
    expect(readFileSync(server.passwordFile, "utf8")).toBe(server.password);
    await expect(server.command("CONFIG", "GET", "save")).rejects.toThrow("NOPERM");
    expect(await server.command("INFO", "memory")).toContain(`maxmemory:${17 * 1024 ** 2}`);
  });

  test.each(["flush", "restart"] as const)("keys are gone after a %s", async (how) => {
    await server.command("SET", "key", "value");
    expect(await server.command("GET", "key")).toBe("value");
    await server[how]();
    expect(await server.command("GET", "key")).toBe("");
  });

  test("a crash and a new start", async () => {
    await server.kill();
    await expect(server.command("PING")).rejects.toThrow("Connection refused");
    await server.start();
    expect(await server.command("PING")).toBe("PONG");
  });
});

describe("no server outlives", () => {
  /** A process that starts both servers, tells where, and waits. */
  const program = `
    const { startPostgresql, startRedis } = await import(process.argv[1]);
    const servers = await Promise.all([startPostgresql(), startRedis()]);
    for (const { dir } of servers) console.log(dir + " " + (await import("node:fs")).readFileSync(dir + "/server.pid"));
    if (process.argv[2] === "stay") setInterval(() => {}, 1000);`;

  async function started(how: "stay" | "forget") {
    const servers = fileURLToPath(new URL("servers.ts", import.meta.url));
    const argv = ["--input-type=module", "--eval", program, servers, how];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const found: { dir: string; pid: number }[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const [dir = "", pid] = line.split(" ");
      if (found.push({ dir, pid: Number(pid) }) === 2) break;
    }
    return { child, found };
  }

  async function gone({ dir, pid }: { dir: string; pid: number }): Promise<void> {
    while (existsSync(dir)) await delay(20);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  }

  test("a test process that is killed", { timeout: 120_000 }, async () => {
    const { child, found } = await started("stay");
    expect(found.length).toBe(2);
    child.kill("SIGKILL");
    for (const server of found) await gone(server);
  });

  test("a test process that ends without removing it", { timeout: 120_000 }, async () => {
    const { found } = await started("forget");
    expect(found.length).toBe(2);
    for (const server of found) await gone(server);
  });
});
