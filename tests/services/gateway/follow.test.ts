import { describe, expect, test } from "vitest";
import type { VerificationEvent } from "../../../services/database/events.ts";
import type { Verification } from "../../../services/database/verification.ts";
import { follow, type Pace } from "../../../services/gateway/follow.ts";
import { proved } from "./fixtures.ts";

/** Nothing happens by itself while a test lasts. */
const never = { poll: 600_000, heartbeat: 600_000 };

const queued: Verification = {
  id: "0198c0de-0000-7000-8000-000000000000",
  standard: "tsn",
  property: "bounded",
  status: "queued",
  submittedAt: "2026-01-01T00:00:00.000Z",
  modelHash: "0".repeat(64),
};
const running: Verification = { ...queued, status: "running", startedAt: "2026-01-01T00:00:01.000Z" };
const finished: Verification = {
  ...running,
  status: "finished",
  finishedAt: "2026-01-01T00:00:02.000Z",
  result: proved,
};

/** A stream that is read by hand, and the world it follows. */
function followed(pace: Pace = never) {
  const world = {
    record: queued as Verification | Error,
    reads: 0,
    tell: (_: VerificationEvent) => {},
    subscribed: false,
  };
  const disconnected = new AbortController();
  const stopping = new AbortController();
  const stream = follow(
    queued,
    {
      async get() {
        world.reads += 1;
        if (world.record instanceof Error) throw world.record;
        return world.record;
      },
      subscribe: (_id, onEvent) => {
        world.tell = onEvent;
        world.subscribed = true;
        return () => {
          world.subscribed = false;
        };
      },
    },
    { disconnected: disconnected.signal, stopping: stopping.signal },
    pace,
  );
  const next = async () => (await stream.next()).value;
  return { world, next, disconnected, stopping };
}

const text = (event: string, data: object) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

describe("an event stream", () => {
  test("tells every change and the progress in between, in order", async () => {
    const { world, next } = followed();
    expect(await next()).toBe("retry: 2000\n\n");
    expect(await next()).toBe(text("status", queued));
    world.record = running;
    world.tell({ type: "progress", phase: "encode", done: 1, total: 2 });
    expect(await next()).toBe(text("status", running));
    expect(await next()).toBe(text("progress", { phase: "encode", done: 1, total: 2 }));
    world.tell({ type: "progress", phase: "solve", detail: "hard\nwork" });
    expect(await next()).toBe(text("progress", { phase: "solve", detail: "hard\nwork" }));
    world.record = finished;
    world.tell({ type: "status", status: "finished" });
    const { result: _, ...status } = finished;
    expect(await next()).toBe(text("status", status));
    expect(await next()).toBe(text("finished", finished));
    expect(await next()).toBeUndefined();
    expect(world.subscribed).toBe(false);
  });

  test("begins with what happened between the first look and the subscription", async () => {
    const { world, next } = followed();
    await next();
    world.record = running;
    expect(await next()).toBe(text("status", running));
  });

  test("does not read the record for each bit of progress", async () => {
    const { world, next } = followed();
    world.record = running;
    await next();
    await next();
    const { reads } = world;
    for (let done = 0; done < 50; done += 1) {
      world.tell({ type: "progress", phase: "solve", done });
      expect(await next()).toBe(text("progress", { phase: "solve", done }));
    }
    expect(world.reads).toBe(reads);
  });

  test("tells another attempt", async () => {
    const { world, next } = followed();
    world.record = running;
    await next();
    await next();
    world.record = { ...running, startedAt: "2026-01-01T00:01:00.000Z" };
    world.tell({ type: "status", status: "running" });
    expect(await next()).toBe(text("status", world.record));
  });

  test("finds out by itself when nobody tells it, and bears a database that is away", async () => {
    const { world, next } = followed({ poll: 1, heartbeat: 600_000 });
    await next();
    await next();
    world.record = new Error("away");
    const pending = next();
    await expect.poll(() => world.reads, { timeout: 20_000 }).toBeGreaterThan(5);
    world.record = finished;
    expect(await pending).toMatch(/^event: status\n/);
    expect(await next()).toBe(text("finished", finished));
  });

  test("breaks silence with comments", async () => {
    const { next } = followed({ poll: 600_000, heartbeat: 1 });
    await next();
    await next();
    expect(await next()).toBe(": still here\n\n");
    expect(await next()).toBe(": still here\n\n");
  });

  test("keeps only the latest progress for a client that reads slowly", async () => {
    const { world, next } = followed();
    world.record = running;
    await next();
    await next();
    for (let done = 0; done < 1_000; done += 1) world.tell({ type: "progress", phase: "solve", done });
    expect(await next()).toBe(text("progress", { phase: "solve", done: 900 }));
  });

  test("ends with a comment when the process ends, silently when the client is gone", async () => {
    const ending = followed();
    await ending.next();
    await ending.next();
    const last = ending.next();
    ending.stopping.abort();
    expect(await last).toBe(": this server is stopping, connect again\n\n");
    expect(await ending.next()).toBeUndefined();
    expect(ending.world.subscribed).toBe(false);

    const left = followed();
    await left.next();
    await left.next();
    const nothing = left.next();
    left.disconnected.abort();
    expect(await nothing).toBeUndefined();
    expect(left.world.subscribed).toBe(false);
  });
});
