import { describe, expect, test } from "vitest";
import { proved, submission } from "./fixtures.ts";
import { createRig } from "./rig.ts";

type Rig = Awaited<ReturnType<typeof createRig>>;

/** As often as tests can bear, so that none has to wait. */
const eager = { poll: 5, heartbeat: 60_000 };
/** Nothing is looked at by itself while a test lasts. */
const never = { poll: 600_000, heartbeat: 600_000 };

async function submitted({ call }: Rig): Promise<string> {
  return (await call("POST", "/v1/verifications", submission())).json().id;
}

/** Opens a stream; `events` resolves with all of them once it has ended. */
function open({ call }: Rig, id: string) {
  const answer = call("GET", `/v1/verifications/${id}/events`);
  return { answer, events: answer.then(({ body }) => eventsIn(body)) };
}

function eventsIn(body: string): [string, Record<string, unknown>][] {
  return body.split("\n\n").flatMap((block): [string, Record<string, unknown>][] => {
    const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
    return event && data ? [[event, JSON.parse(data)]] : [];
  });
}

const subscribed = ({ listening }: Rig, id: string, count = 1) =>
  expect.poll(() => listening(id), { interval: 2, timeout: 20_000 }).toBe(count);

describe("GET /v1/verifications/{id}/events", () => {
  test("of a finished verification: its status and its result, then the end", async () => {
    const rig = await createRig({ pace: never });
    const id = await submitted(rig);
    rig.finish(id);
    const { answer, events } = open(rig, id);
    const { headers, body } = await answer;
    expect(headers["content-type"]).toBe("text/event-stream");
    expect(headers["cache-control"]).toBe("no-store");
    expect(body.startsWith("retry: 2000\n\n")).toBe(true);
    const [[status, shown], [finished, whole]] = (await events) as [[string, object], [string, object]];
    expect([status, finished]).toEqual(["status", "finished"]);
    expect(shown).toMatchObject({ id, status: "finished" });
    expect(shown).not.toHaveProperty("result");
    expect(whole).toEqual((await rig.call("GET", `/v1/verifications/${id}`)).json());
    expect(whole).toMatchObject({ result: proved });
  });

  test("told nothing: the record says it all", async () => {
    const rig = await createRig({ pace: eager });
    const id = await submitted(rig);
    const { events } = open(rig, id);
    await subscribed(rig, id);
    rig.finish(id);
    expect((await events).map(([event]) => event)).toEqual(["status", "status", "finished"]);
  });

  test("goes on while the database is away", async () => {
    const rig = await createRig({ pace: eager });
    const id = await submitted(rig);
    const { events } = open(rig, id);
    await subscribed(rig, id);
    rig.failWith(new Error("away"));
    rig.publish(id, { type: "progress", phase: "solve" });
    rig.failWith();
    rig.finish(id);
    expect((await events).at(-1)).toEqual(["finished", expect.objectContaining({ id, result: proved })]);
  });

  test("serves many at once up to a limit, and counts them", async () => {
    const rig = await createRig({ pace: never, limits: { maxStreams: 2 } });
    const id = await submitted(rig);
    const streams = [open(rig, id), open(rig, id)];
    await subscribed(rig, id, 2);
    expect(await rig.registry.text()).toContain("event_streams_open 2");
    const refused = await open(rig, id).answer;
    expect(refused.statusCode).toBe(503);
    expect(refused.json().type).toBe("urn:iot-verification:problem:too-many-streams");
    rig.finish(id);
    rig.publish(id, { type: "status", status: "finished" });
    for (const { events } of streams) expect((await events).at(-1)?.[0]).toBe("finished");
    await expect.poll(() => rig.registry.text(), { timeout: 20_000 }).toContain("event_streams_open 0");
    expect((await open(rig, id).answer).statusCode).toBe(200);
  });

  test("ends with a comment when the process ends, so that clients connect again", async () => {
    const rig = await createRig({ pace: never });
    const id = await submitted(rig);
    const { answer } = open(rig, id);
    await subscribed(rig, id);
    await rig.app.close();
    const { body, headers } = await answer;
    expect(body.endsWith(": this server is stopping, connect again\n\n")).toBe(true);
    expect(headers.connection).toBe("close");
    expect(rig.listening(id)).toBe(0);
  });

  test("lets go of everything when the client leaves", async () => {
    const rig = await createRig({ pace: never });
    const id = await submitted(rig);
    await rig.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = rig.app.server.address() as { port: number };
    const leave = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/v1/verifications/${id}/events`, {
      headers: { "x-api-key": "current-api-key-0123456789012345678901234567" },
      signal: leave.signal,
    });
    const reader = answer.body?.getReader();
    await reader?.read();
    await subscribed(rig, id);
    leave.abort();
    await subscribed(rig, id, 0);
    await expect.poll(() => rig.registry.text(), { timeout: 20_000 }).toContain("event_streams_open 0");
    await rig.app.close();
  });

  test("of what is not there: 404", async () => {
    const rig = await createRig();
    const answer = await open(rig, "0198c0de-0000-7000-8000-000000000000").answer;
    expect(answer.statusCode).toBe(404);
    expect(await rig.registry.text()).toContain("event_streams_open 0");
  });
});
