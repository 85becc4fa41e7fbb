import { createClient } from "redis";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rateLimits } from "../../../services/gateway/rate-limits.ts";
import { type RedisServer, startRedis } from "../servers.ts";

let redis: RedisServer;
let pods: Awaited<ReturnType<typeof pod>>[];

beforeEach(async () => {
  redis = await startRedis();
  pods = await Promise.all([pod(), pod()]);
});

afterEach(async () => {
  for (const { client } of pods) client.destroy();
  await redis.remove();
});

/** Two requests a minute, and all the time that a busy machine may take to count them. */
async function pod() {
  const client = createClient({ url: redis.url, disableOfflineQueue: true });
  client.on("error", () => {});
  await client.connect();
  return { client, limits: rateLimits(2, { store: client, storeTimeout: 60_000 }) };
}

const allowed = async (pod: number) => (await pods[pod]?.limits.countRequest("a caller"))?.allowed;

test("callers are counted by all pods together, and by each alone while Redis is away", async () => {
  expect([await allowed(0), await allowed(1)]).toEqual([true, true]);
  expect([await allowed(0), await allowed(1)]).toEqual([false, false]);
  await redis.stop();
  await vi.waitUntil(() => pods.every(({ client }) => !client.isReady), 20_000);
  for (const alone of [0, 1])
    expect([await allowed(alone), await allowed(alone), await allowed(alone)]).toEqual([true, true, false]);
});

test("a Redis that hangs is not waited for", async () => {
  const [{ client } = {}] = pods;
  await redis.pause();
  const { allowed, remaining } = await rateLimits(2, { store: client, storeTimeout: 1 }).countRequest("a");
  await redis.resume();
  expect({ allowed, remaining }).toEqual({ allowed: true, remaining: 1 });
});
