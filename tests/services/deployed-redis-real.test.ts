import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configurationFiles } from "../../components/data/redis/configuration.ts";
import { redisBytesOf } from "../../components/foundation/quantity.ts";
import { schema } from "../../config/schema.ts";
import { deployedRedis } from "./deployed.ts";
import { ensureProgram } from "./programs.ts";

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

  test("starts again in its pod, whose copy of the Secret can only be read", async () => {
    await server.crash();
    expect(await command("default", "first", "PING")).toBe("PONG");
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

  // A sentence of docs/configuration.md.
  test("To be rid of a leaked value at once, rotate twice", async () => {
    for (const password of ["leaked", "next", "last"]) {
      await server.start({ password, "monitoring-password": "watch-2" });
      server.publish({ password });
    }
    await expect(command("default", "leaked", "PING")).rejects.toThrow("WRONGPASS");
    expect(await command("default", "next", "PING")).toBe("PONG");
    expect(await command("default", "last", "PING")).toBe("PONG");
  });
});
