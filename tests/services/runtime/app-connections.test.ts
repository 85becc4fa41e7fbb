import { once } from "node:events";
import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { createApp } from "../../../services/runtime/app.ts";
import { urlOf } from "../../../services/runtime/listen.ts";
import { createRegistry } from "../../../services/runtime/metrics.ts";
import { recordingLog } from "./fixtures.ts";

const { log, lines } = recordingLog();
let registry: ReturnType<typeof createRegistry<"gateway">>;
let app: FastifyInstance;
let port: number;

beforeEach(async () => {
  registry = createRegistry("gateway", log);
  app = createApp({ log, metrics: registry.metrics, maxRequestBytes: 1000, readiness: [] });
  app.post("/things", async ({ body }) => body);
  await app.listen({ host: "127.0.0.1", port: 0 });
  port = Number(new URL(urlOf(app.server)).port);
});
afterEach(() => app.close());

/** All that the server answers to these bytes until it closes the connection. */
async function answerTo(text: string) {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  const answer = Buffer.concat(await socket.toArray()).toString();
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: head.split("\r\n")[0], head, body };
}

describe("bytes that are no request", () => {
  it.each([
    ["something else", "hello\r\n\r\n"],
    ["a length that is no number", "POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: ten\r\n\r\n"],
    [
      "two lengths",
      "POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
  ])("are refused with a problem: %s", async (_, text) => {
    const { status, head, body } = await answerTo(text);
    expect(status).toBe("HTTP/1.1 400 The request cannot be read");
    expect(head).toContain("content-type: application/problem+json");
    expect(JSON.parse(body)).toEqual({
      type: "urn:iot-verification:problem:malformed-request",
      title: "The request cannot be read",
      status: 400,
      detail: "What arrived cannot be read as an HTTP/1.1 request.",
    });
  });

  it("are refused when header fields are too large", async () => {
    const { status, body } = await answerTo(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(status).toBe("HTTP/1.1 431 The header fields are too large");
    expect(JSON.parse(body)).toMatchObject({ type: "urn:iot-verification:problem:headers-too-large" });
  });

  it("are refused with 408 when they do not arrive in time", async () => {
    const request =
      "POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    const connected = once(app.server, "connection");
    const answer = answerTo(request);
    const [connection] = await connected;
    // As the server itself does when a request's time is over.
    const error = Object.assign(new Error("timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    app.server.emit("clientError", error, connection);
    expect((await answer).status).toBe("HTTP/1.1 408 The request took too long to arrive");
  });
});

describe("the server", () => {
  it("gives no request or connection unlimited time", () => {
    const { headersTimeout, requestTimeout, timeout } = app.server;
    expect({ headersTimeout, requestTimeout, timeout }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      timeout: 60_000,
    });
  });

  it("refuses a body of unknown length as soon as it is too large", async () => {
    const head =
      "POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked";
    const { status } = await answerTo(`${head}\r\n\r\n3e9\r\n${"x".repeat(1001)}\r\n`);
    expect(status).toBe("HTTP/1.1 413 Payload Too Large");
  });

  it("answers what it has accepted while it closes", async () => {
    const started = once(app.server, "request");
    const socket = connect(port, "127.0.0.1");
    const head = "POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 3";
    socket.write(`${head}\r\n\r\n[1`);
    await started;
    const closed = app.close();
    socket.write("]");
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\n\r\n\[1\]$/);
    await closed;
  });
});

test("a request that its caller breaks off is logged and counted all the same", async () => {
  lines.splice(0);
  const socket = connect(port, "127.0.0.1");
  const arrived = once(app.server, "request");
  socket.write(
    "POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
  );
  await arrived;
  socket.destroy();
  const told = () => lines.filter(({ msg }) => msg === "request broken off by the caller");
  await expect.poll(told, { timeout: 20_000 }).toMatchObject([{ route: "/things", status: 499 }]);
  expect(await registry.text()).toContain(
    'http_requests_total{method="POST",route="/things",status_class="4xx"} 1',
  );
});
