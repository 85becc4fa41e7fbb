import { renameSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { credentials, proved, submission } from "./fixtures.ts";
import { type Gateway, startPlatform } from "./platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: Gateway;
let period = 1;

beforeAll(async () => {
  platform = await startPlatform();
  gateway = await platform.startGateway();
});

afterAll(() => platform?.remove());

/** A submission that nobody has made before. */
function fresh() {
  period += 1;
  return submission(period);
}

async function submit(body: object = fresh()): Promise<{ id: string; status: number }> {
  const answer = await gateway.call("POST", "/v1/verifications", body);
  const { id } = (await answer.json()) as { id: string };
  return { id, status: answer.status };
}

async function shown(id: string): Promise<Record<string, unknown>> {
  return (await (await gateway.call("GET", `/v1/verifications/${id}`)).json()) as Record<string, unknown>;
}

interface Event {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** The events of a verification, one by one. */
async function* events(id: string, { call }: Pick<Gateway, "call"> = gateway): AsyncGenerator<Event, void> {
  const { body, status } = await call("GET", `/v1/verifications/${id}/events`);
  expect(status).toBe(200);
  let rest = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      if (event && data) yield { event, data: JSON.parse(data) };
    }
  }
}

async function nextOf(stream: AsyncGenerator<Event, void>): Promise<Event> {
  const { value } = await stream.next();
  if (!value) throw new Error("the stream has ended");
  return value;
}

describe("a verification, from end to end", () => {
  test("is submitted once, followed, finished, shown, reused and listed", async () => {
    const body = fresh();
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit(body)));
    const { id } = answers[0] ?? { id: "" };
    expect(answers.map((answer) => answer.id)).toEqual(Array.from({ length: 8 }, () => id));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 7 }, () => 200),
      202,
    ]);

    const stream = events(id);
    expect(await nextOf(stream)).toMatchObject({ event: "status", data: { id, status: "queued" } });
    const job = await platform.take();
    expect(job.id).toBe(id);
    await platform.publish(id, { type: "status", status: "running" });
    expect(await nextOf(stream)).toMatchObject({ event: "status", data: { id, status: "running" } });
    await platform.publish(id, { type: "progress", phase: "solve", done: 1, total: 2 });
    expect(await nextOf(stream)).toEqual({ event: "progress", data: { phase: "solve", done: 1, total: 2 } });
    await job.finish();
    await platform.publish(id, { type: "status", status: "finished" });
    expect(await nextOf(stream)).toMatchObject({ event: "status", data: { id, status: "finished" } });
    expect(await nextOf(stream)).toEqual({ event: "finished", data: await shown(id) });
    expect((await stream.next()).done).toBe(true);

    expect(await shown(id)).toMatchObject({ id, status: "finished", result: proved });
    expect(await submit(body)).toEqual({ id, status: 200 });
    const page = await gateway.call("GET", "/v1/verifications?status=finished&limit=1");
    expect(((await page.json()) as { items: { id: string }[] }).items.map((item) => item.id)).toEqual([id]);
  });

  test("pages go through all of them, each once", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await submit()).id);
    const seen: string[] = [];
    let query = "?limit=2&standard=tsn&status=queued";
    for (let next: string | undefined = ""; next !== undefined; ) {
      const answer = await gateway.call("GET", `/v1/verifications${query}${next && `&cursor=${next}`}`);
      const page = (await answer.json()) as { items: { id: string }[]; next?: string };
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toEqual([...ids].reverse());
    const forged = [
      "nothing",
      JSON.stringify({ submittedAt: "0000-01-01T00:00:00Z", id: ids[0] }),
      JSON.stringify({ submittedAt: `2026-01-01T00:00:00.${"9".repeat(200)}Z`, id: ids[0] }),
    ];
    for (const text of forged) {
      query = `?cursor=${Buffer.from(text).toString("base64url")}`;
      const refused = await gateway.call("GET", `/v1/verifications${query}`);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ errors: [{ pointer: "/cursor" }] });
    }
    for (const _ of ids) await (await platform.take()).finish();
  });

  test("what waits is in the metrics, and no more waits than may", async () => {
    const narrow = await platform.startGateway({ MAX_QUEUED_VERIFICATIONS: "2" });
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1)
      statuses.push((await narrow.call("POST", "/v1/verifications", fresh())).status);
    expect(statuses).toEqual([202, 202, 429]);
    const metrics = await narrow.metrics();
    expect(metrics).toContain('iot_verification_verification_queue_depth{standard="tsn"} 2');
    expect(metrics).toMatch(/verification_queue_oldest_seconds\{standard="tsn"\} (0\.\d|[1-9])/);
    expect(metrics).toContain('iot_verification_verification_queue_depth{standard="wot"} 0');
    for (let count = 0; count < 2; count += 1) await (await platform.take()).finish();
  });
});

describe("when a part fails", () => {
  test("a flushed, then a dead Redis loses nothing", async () => {
    const { id } = await submit();
    const stream = events(id);
    await nextOf(stream);
    await platform.redis.flush();
    const job = await platform.take();
    expect(await nextOf(stream)).toMatchObject({ event: "status", data: { status: "running" } });
    await platform.redis.kill();
    await job.finish();
    expect(await nextOf(stream)).toMatchObject({ event: "status", data: { status: "finished" } });
    expect(await nextOf(stream)).toMatchObject({ event: "finished", data: { id, result: proved } });
    const other = await submit();
    expect(other.status).toBe(202);
    expect(await shown(id)).toMatchObject({ status: "finished" });
    expect((await gateway.call("GET", "/ready")).status).toBe(200);
    await platform.redis.start();
    await expect.poll(() => gateway.metrics(), { timeout: 20_000 }).toContain("iot_verification_cache_up 1");
    await (await platform.take()).finish();
  });

  test("a Redis that hangs keeps no request from being answered", async () => {
    await platform.redis.pause();
    try {
      expect((await submit()).status).toBe(202);
    } finally {
      await platform.redis.resume();
    }
    await (await platform.take()).finish();
  });

  test("callers are counted by all gateways together", async () => {
    await expect.poll(() => gateway.metrics(), { timeout: 20_000 }).toContain("iot_verification_cache_up 1");
    const [one, two] = [await platform.startGateway(), await platform.startGateway()];
    for (const each of [one, two])
      await expect.poll(() => each.metrics(), { timeout: 20_000 }).toContain("iot_verification_cache_up 1");
    await platform.redis.flush();
    for (const each of [one, two]) expect((await each.call("GET", "/v1/standards")).status).toBe(200);
    const counters = async () => (await platform.redis.command("KEYS", "rate-limit:requests:*")).split("\n");
    await expect.poll(async () => (await counters()).length, { timeout: 20_000 }).toBe(1);
    const [counter = ""] = await counters();
    await expect.poll(() => platform.redis.command("GET", counter), { timeout: 20_000 }).toBe("2");
  });

  test("without PostgreSQL it says so, and goes on when it is back", async () => {
    const { id } = await submit();
    const stream = events(id);
    await nextOf(stream);
    await platform.postgresql.stop();
    const refused = await gateway.call("POST", "/v1/verifications", fresh());
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({ type: "urn:iot-verification:problem:database-away" });
    expect((await gateway.call("GET", `/v1/verifications/${id}`)).status).toBe(503);
    await expect
      .poll(async () => (await gateway.call("GET", "/ready")).status, { timeout: 20_000 })
      .toBe(503);
    expect((await gateway.call("GET", "/health")).status).toBe(200);
    expect((await gateway.call("GET", "/v1/standards")).status).toBe(200);
    await platform.postgresql.start();
    await expect
      .poll(async () => (await gateway.call("GET", "/ready")).status, { timeout: 20_000 })
      .toBe(200);
    const job = await platform.take();
    expect(job.id).toBe(id);
    await job.finish();
    const told: string[] = [];
    for await (const { event } of stream) told.push(event);
    expect(told.at(-1)).toBe("finished");
  });

  test("a PostgreSQL that does not get on is not waited for", async () => {
    const body = fresh();
    await platform.database.transaction(async (transaction) => {
      await transaction.query("LOCK TABLE platform.verifications");
      const refused = await gateway.call("POST", "/v1/verifications", body);
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ type: "urn:iot-verification:problem:database-away" });
    });
    expect((await submit(body)).status).toBe(202);
    await (await platform.take()).finish();
  });
});

describe("over its life", () => {
  test("credentials rotated in place take effect without a restart", async () => {
    const { API_KEY_FILE, API_KEY_PREVIOUS_FILE, JWT_SECRET_FILE, JWT_SECRET_PREVIOUS_FILE } = platform.files;
    const statusOf = async (headers: Record<string, string>) =>
      (await fetch(`${gateway.url}/v1/standards`, { headers })).status;
    const { token } = (await (await gateway.call("POST", "/v1/tokens", { caller: "a" })).json()) as {
      token: string;
    };
    const [newKey, oldKey] = ["n".repeat(43), credentials.apiKey];
    renameSync(JWT_SECRET_FILE, JWT_SECRET_PREVIOUS_FILE);
    writeFileSync(JWT_SECRET_FILE, "m".repeat(43));
    renameSync(API_KEY_FILE, API_KEY_PREVIOUS_FILE);
    writeFileSync(API_KEY_FILE, newKey);
    expect(await statusOf({ "x-api-key": newKey })).toBe(200);
    expect(await statusOf({ "x-api-key": oldKey })).toBe(200);
    expect(await statusOf({ authorization: `Bearer ${token}` })).toBe(200);
    writeFileSync(JWT_SECRET_PREVIOUS_FILE, "o".repeat(43));
    expect(await statusOf({ authorization: `Bearer ${token}` })).toBe(401);
    expect(await statusOf({ "x-api-key": oldKey })).toBe(200);
  });

  test("told to end it ends its streams with a comment, and itself with 0", async () => {
    const ending = await platform.startGateway();
    const { id } = await submit();
    const { body } = await ending.call("GET", `/v1/verifications/${id}/events`);
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    let received = "";
    const readOn = async () => {
      const { value = "", done } = (await reader?.read()) ?? { done: true };
      received += value;
      return done;
    };
    while (!received.includes("event: status")) await readOn();
    ending.process.kill("SIGTERM");
    while (!(await readOn())) {}
    expect(received).toContain(": this server is stopping, connect again\n\n");
    expect(await ending.ended).toBe(0);
    expect(await ending.log).toContain('"msg":"ended"');
    await (await platform.take()).finish();
  });

  test("starts while database and cache are away", async () => {
    await Promise.all([platform.postgresql.stop(), platform.redis.stop()]);
    const starting = platform.startGateway();
    await Promise.all([platform.postgresql.start(), platform.redis.start()]);
    const started = await starting;
    expect((await started.call("POST", "/v1/verifications", fresh())).status).toBe(202);
  });
});
