import { unlinkSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Cache, openCache } from "../../../services/runtime/cache.ts";
import { readCredential } from "../../../services/runtime/credentials.ts";
import { createRegistry, type MetricsRegistry } from "../../../services/runtime/metrics.ts";
import { type RedisServer, startRedis } from "../servers.ts";
import { essence, recordingLog } from "./fixtures.ts";

const Verdict = z.object({ verdict: z.enum(["proved", "violated"]) });
const proved = { verdict: "proved" } as const;

let redis: RedisServer;
let cache: Cache;
let registry: MetricsRegistry<"gateway">;
const { log, lines } = recordingLog();

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.remove());

function open() {
  lines.splice(0);
  registry = createRegistry("gateway", log);
  const password = () => readCredential("redis", "password", redis.environment);
  cache = openCache({ host: redis.host, port: redis.port, password, log, metrics: registry.metrics });
}

const isUp = (up: boolean) => vi.waitFor(() => expect(cache.isUp).toBe(up), { timeout: 20_000 });
const cacheUp = async () => /^iot_verification_cache_up (.*)$/m.exec(await registry.text())?.[1];

describe("the cache", () => {
  beforeEach(async () => {
    open();
    await isUp(true);
    await redis.flush();
  });
  afterEach(() => cache.stop());

  it("gives what was set, for as long as it was set for", async () => {
    await cache.set("verification:1", proved, { seconds: 60 });
    expect(await cache.get("verification:1", Verdict)).toEqual(proved);
    expect(await redis.command("PTTL", "verification:1")).toMatch(/^5\d{4}$|^60000$/);
  });

  it("gives nothing for what was not set, or is of another form", async () => {
    expect(await cache.get("verification:1", Verdict)).toBeUndefined();
    await cache.set("verification:1", { verdict: "maybe" }, { seconds: 60 });
    expect(await cache.get("verification:1", Verdict)).toBeUndefined();
    await redis.command("SET", "verification:1", "{");
    expect(await cache.get("verification:1", Verdict)).toBeUndefined();
    await redis.command("HSET", "verification:2", "a", "1");
    expect(await cache.get("verification:2", Verdict)).toBeUndefined();
  });

  it("hands over what is published, in its form, until nobody listens", async () => {
    const one: unknown[] = [];
    const two: unknown[] = [];
    const endOne = cache.subscribe("progress:1", Verdict, (message) => void one.push(message));
    const endTwo = cache.subscribe("progress:1", Verdict, (message) => void two.push(message));
    await vi.waitFor(async () =>
      expect(await redis.command("PUBSUB", "NUMSUB", "progress:1")).toContain("1\n1"),
    );
    await cache.publish("progress:1", { phase: "other" });
    await redis.command("PUBLISH", "progress:1", "no JSON");
    await cache.publish("progress:2", proved);
    await cache.publish("progress:1", proved);
    await vi.waitFor(() => expect([one, two]).toEqual([[proved], [proved]]));
    endOne();
    await cache.publish("progress:1", proved);
    await vi.waitFor(() => expect(two).toHaveLength(2));
    expect(one).toHaveLength(1);
    endTwo();
    endTwo();
    await vi.waitFor(async () => expect(await redis.command("PUBSUB", "CHANNELS")).toBe(""));
  });

  it("is told to be gone and back once each, and works again, subscriptions included", async () => {
    const received: unknown[] = [];
    cache.subscribe("progress:1", Verdict, (message) => void received.push(message));
    await redis.stop();
    await isUp(false);
    const late: unknown[] = [];
    cache.subscribe("progress:2", Verdict, (message) => void late.push(message));
    expect(await cache.get("verification:1", Verdict)).toBeUndefined();
    await cache.set("verification:1", proved, { seconds: 60 });
    await cache.publish("progress:1", proved);
    expect(await cacheUp()).toBe("0");
    await redis.start();
    await isUp(true);
    expect(await cacheUp()).toBe("1");
    await vi.waitFor(async () => {
      await cache.publish("progress:1", proved);
      await cache.publish("progress:2", proved);
      expect([received[0], late[0]]).toEqual([proved, proved]);
    });
    const { host, port } = redis;
    expect(lines.map(essence)).toEqual([
      { level: "info", host, port, msg: "the cache answers" },
      {
        level: "warn",
        host,
        port,
        err: expect.anything(),
        msg: "the cache does not answer; going on without it",
      },
      { level: "info", host, port, msg: "the cache answers" },
    ]);
  });

  it("costs nobody more than a moment when it hangs, and is used again when it answers", async () => {
    await cache.set("verification:1", proved, { seconds: 600 });
    await redis.pause();
    expect(await cache.get("verification:1", Verdict)).toBeUndefined();
    expect(cache.isUp).toBe(false);
    expect(await cacheUp()).toBe("0");
    await redis.resume();
    await vi.waitFor(async () => expect(await cache.get("verification:1", Verdict)).toEqual(proved), {
      timeout: 20_000,
    });
    expect(cache.isUp).toBe(true);
  });
});

describe("a cache whose password is wrong", () => {
  it("is used as soon as its file has the right one: a rotation needs no restart", async () => {
    writeFileSync(redis.passwordFile, "wr0ng");
    open();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ level: "warn", err: { message: expect.stringMatching(/^WRONGPASS /) } });
    expect(cache.isUp).toBe(false);
    writeFileSync(redis.passwordFile, redis.password);
    await isUp(true);
    expect(JSON.stringify(lines)).not.toMatch(`wr0ng|${redis.password}`);
    cache.stop();
  });

  it("is gone while its file is missing", async () => {
    unlinkSync(redis.passwordFile);
    open();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ err: { type: "CredentialError" } });
    writeFileSync(redis.passwordFile, redis.password);
    await isUp(true);
    cache.stop();
  });
});

describe("a cache that was never there", () => {
  it("finds nothing, does nothing and stops", async () => {
    await redis.stop();
    open();
    expect(await cache.get("verification:1", Verdict)).toBeUndefined();
    await cache.set("verification:1", proved, { seconds: 60 });
    await vi.waitFor(() =>
      expect(lines.map(({ msg }) => msg)).toEqual(["the cache does not answer; going on without it"]),
    );
    expect(cache.isUp).toBe(false);
    expect(await cacheUp()).toBe("0");
    cache.stop();
    await redis.start();
  });
});
