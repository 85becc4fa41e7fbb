import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { takeBodies } from "../../../services/gateway/bodies.ts";
import { createApp } from "../../../services/runtime/app.ts";
import { createRegistry } from "../../../services/runtime/metrics.ts";
import { recordingLog } from "../runtime/fixtures.ts";
import { credentials, submission } from "./fixtures.ts";
import { createRig } from "./rig.ts";

const problem = (id: string) => `urn:iot-verification:problem:${id}`;
const url = "/v1/verifications";
const json = { "content-type": "application/json" };

type Rig = Awaited<ReturnType<typeof createRig>>;

function appOptions() {
  const { log } = recordingLog();
  return { log, metrics: createRegistry("gateway", log).metrics, readiness: [] };
}

async function refusalOf({ call }: Rig, body: string | Buffer, headers: Record<string, string> = json) {
  const answer = await call("POST", url, body, headers);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  return [answer.statusCode, answer.json().type.replace(/.*:/, "")];
}

describe("a body is refused", () => {
  test.each<[string, string | Buffer]>([
    ["empty", ""],
    ["no JSON", "standard=tsn"],
    ["cut short", JSON.stringify(submission()).slice(0, -1)],
    ["two values", "{}{}"],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["UTF-16", Buffer.from(JSON.stringify(submission()), "utf16le")],
    ["deeply nested", `${"[".repeat(4_000)}${"]".repeat(4_000)}`],
    ["deeply nested and not closed", '{"a":'.repeat(1_900)],
    [
      "a name that reaches the prototype",
      '{"standard":"tsn","property":"bounded","model":{"__proto__":{"a":1}}}',
    ],
    ["the same, escaped", '{"\\u005f_proto__":{"standard":"tsn"}}'],
    ["a name twice", '{"standard":"tsn","standard":"tsn","property":"bounded","model":{"streams":[]}}'],
    ["NUL in a string", '{"standard":"tsn","property":"bounded","model":{"streams":[],"comment":"\\u0000"}}'],
    [
      "half a character",
      '{"standard":"tsn","property":"bounded","model":{"streams":[],"comment":"\\ud800"}}',
    ],
    [
      "an endless number",
      '{"standard":"tsn","property":"bounded","model":{"streams":[],"mode":{"gap":1e999}}}',
    ],
  ])("%s", async (_, body) => {
    expect(await refusalOf(await createRig(), body)).toEqual([400, "malformed-request"]);
  });

  test.each<[Record<string, string>]>([
    [{ "content-type": "text/plain" }],
    [{ "content-type": "application/x-www-form-urlencoded" }],
    [{ "content-type": "application/json5" }],
    [{ "content-type": "multipart/form-data; boundary=x" }],
    [{ "content-type": "application/json; charset=utf-16" }],
    [{ "content-type": 'application/json; charset="latin1"' }],
    [{ "content-type": "x" }],
    [{ ...json, "content-encoding": "gzip" }],
    [{ ...json, "content-encoding": "identity, br" }],
  ])("as %j", async (headers) => {
    const compressed = headers["content-encoding"] !== undefined;
    const body = compressed ? gzipSync(JSON.stringify(submission())) : JSON.stringify(submission());
    expect(await refusalOf(await createRig(), body, headers)).toEqual([415, "unsupported-media-type"]);
  });

  test("without a media type", async () => {
    const { app } = await createRig();
    const headers = { "x-api-key": credentials.apiKey };
    const answer = await app.inject({ method: "POST", url, headers, payload: Buffer.from("{}") });
    expect(answer.statusCode).toBe(415);
  });

  test("larger than the limit, and accepted when it is just as large", async () => {
    const rig = await createRig({ limits: { maxRequestBytes: 1_000 } });
    const plain = JSON.stringify(submission());
    expect((await rig.call("POST", url, plain.padEnd(1_000), json)).statusCode).toBe(202);
    expect(await refusalOf(rig, plain.padEnd(1_001))).toEqual([413, "body-too-large"]);
  });

  test("never as a failure of the gateway, whatever it holds", { timeout: 60_000 }, async () => {
    const rig = await createRig();
    const { call } = rig;
    const value = fc.jsonValue({ maxDepth: 5 });
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      value.map((any) => JSON.stringify(any)),
      fc
        .record({
          standard: fc.oneof(fc.constant("tsn"), value),
          property: fc.oneof(fc.constant("bounded"), value),
          model: value,
        })
        .map((any) => JSON.stringify(any)),
      fc
        .tuple(fc.nat(60), fc.string({ unit: "binary", maxLength: 5 }))
        .map(
          ([at, insert]) =>
            JSON.stringify(submission()).slice(0, at) + insert + JSON.stringify(submission()).slice(at),
        ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (body) => {
        const answer = await call("POST", url, body, json);
        expect([200, 202, 400, 422]).toContain(answer.statusCode);
        if (answer.statusCode >= 400) expect(answer.json().status).toBe(answer.statusCode);
      }),
      { seed: 20_260_101, numRuns: 300 },
    );
    expect((await call("POST", url, submission(77))).statusCode).toBe(202);
  });

  test("but parameters and case of the media type do not matter", async () => {
    const { call } = await createRig();
    const type = { "content-type": 'Application/JSON; charset="UTF-8"', "content-encoding": "identity" };
    expect((await call("POST", url, JSON.stringify(submission()), type)).statusCode).toBe(202);
  });
});

describe("bodies on the wire", () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  async function listening(maxRequestBytes: number) {
    const rig = await createRig({ limits: { maxRequestBytes } });
    await rig.app.listen({ host: "127.0.0.1", port: 0 });
    ends.push(() => rig.app.close());
    const { port } = rig.app.server.address() as { port: number };
    return { ...rig, port };
  }

  async function send(port: number, head: readonly string[]): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    ends.push(async () => socket.destroy());
    await once(socket, "connect");
    const lines = [
      `POST ${url} HTTP/1.1`,
      "host: x",
      `x-api-key: ${credentials.apiKey}`,
      "content-type: application/json",
      ...head,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    return socket;
  }

  test("take no more memory than is meant for them, and give it back when they break off", async () => {
    const { port, call, app } = await listening(1_000);
    const arrived = () => new Promise<void>((resolve) => app.server.once("request", () => resolve()));
    const slow: Socket[] = [];
    for (let count = 0; count < 4; count += 1) {
      const [socket] = await Promise.all([send(port, ["content-length: 1000"]), arrived()]);
      slow.push(socket);
    }
    const refused = await call("POST", url, submission());
    expect(refused.statusCode).toBe(503);
    expect(refused.json().type).toBe(problem("too-many-bodies"));
    expect(refused.headers["retry-after"]).toBe("5");
    expect((await call("GET", url)).statusCode).toBe(200);
    for (const socket of slow) socket.destroy();
    await expect
      .poll(async () => (await call("POST", url, submission())).statusCode, { timeout: 20_000 })
      .toBe(202);
  });

  test("that are large have their turn, one at a time, and lose it when their caller is gone", async () => {
    const { port, call, record } = await listening(1_000_000);
    const body = (mark: number) => JSON.stringify(submission(mark)).padEnd(100_000);
    const submit = record.submit;
    const submitted: (() => void)[] = [];
    const marks: unknown[] = [];
    record.submit = async (given, options) => {
      marks.push((given.model as { streams: { period: number }[] }).streams[0]?.period);
      await new Promise<void>((resolve) => submitted.push(resolve));
      return submit(given, options);
    };
    const first = await send(port, ["content-length: 100000"]);
    first.write(body(1));
    await expect.poll(() => marks, { timeout: 20_000 }).toEqual([1]);
    first.destroy();
    const second = call("POST", url, body(2), json);
    const small = call("POST", url, submission(3));
    await expect.poll(() => marks, { timeout: 20_000 }).toEqual([1, 3]);
    for (const end of submitted.splice(0)) end();
    expect((await small).statusCode).toBe(202);
    await expect.poll(() => marks, { timeout: 20_000 }).toEqual([1, 3, 2]);
    for (const end of submitted.splice(0)) end();
    expect((await second).statusCode).toBe(202);
  });

  test("that are large do not wait for ever", async () => {
    const app = createApp({ ...appOptions(), maxRequestBytes: 1_000_000 });
    takeBodies(app, { maxRequestBytes: 1_000_000, turnWait: 1 });
    let end = () => {};
    const began = new Promise<void>((resolve) => {
      app.post("/", async () => {
        resolve();
        await new Promise<void>((ended) => {
          end = ended;
        });
        return {};
      });
    });
    const post = () => app.inject({ method: "POST", url: "/", headers: json, payload: "{}".padEnd(100_000) });
    const first = post();
    await began;
    const waiting = await post();
    expect([waiting.statusCode, waiting.headers["retry-after"]]).toEqual([503, "5"]);
    expect(waiting.json().type).toBe(problem("too-many-bodies"));
    end();
    expect((await first).statusCode).toBe(200);
  });

  test("of unstated length are cut off at the limit", async () => {
    const { port } = await listening(1_000);
    const socket = await send(port, ["transfer-encoding: chunked", "connection: close"]);
    socket.write(`800\r\n${"x".repeat(0x800)}\r\n`);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain(problem("body-too-large"));
  });

  test("shorter than stated end with the connection, and nothing else does", async () => {
    const { port, call } = await listening(1_000);
    const socket = await send(port, ["content-length: 900"]);
    socket.end("{");
    await text(socket).catch(() => "");
    expect((await call("POST", url, submission())).statusCode).toBe(202);
  });
});
