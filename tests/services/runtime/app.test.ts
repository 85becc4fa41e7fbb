import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../../services/runtime/app.ts";
import { createRegistry, type MetricsRegistry } from "../../../services/runtime/metrics.ts";
import { Problem } from "../../../services/runtime/problems.ts";
import { startTraces, type Traces } from "../../../services/runtime/traces.ts";
import { essence, recordingLog } from "./fixtures.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const log = recordingLog("debug");
let registry: MetricsRegistry<"gateway">;
let app: FastifyInstance;
let traces: Traces;
let database: () => Promise<unknown>;

beforeEach(() => {
  log.lines.splice(0);
  traces = startTraces({ service: "test", version: "0", endpoint: "", log: log.log });
  registry = createRegistry("gateway", log.log);
  database = async () => {};
  const readiness = [{ name: "database", check: () => database() }];
  app = createApp({ log: log.log, metrics: registry.metrics, maxRequestBytes: 1000, readiness });
  app.post("/things", async ({ body }) => ({ got: body }));
  app.get<{ Params: { id: string } }>("/things/:id", async ({ params }) => ({ id: params.id }));
});
afterEach(async () => {
  await app.close();
  await traces.stop();
});

/** The answer to a request, as far as tests look at it. */
async function ask(
  method: "GET" | "POST" | "PUT" | "HEAD",
  url: string,
  body?: string | Buffer,
  headers = {},
) {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  const response = await app.inject({ method, url, payload: body, headers: { ...json, ...headers } });
  return response;
}

/** What is particular of a refusal, once what all have in common is as it must be. */
async function refusal(...request: Parameters<typeof ask>) {
  const response = await ask(...request);
  expect(response.headers["content-type"]).toBe("application/problem+json");
  const { instance, ...details } = response.json();
  expect(instance).toBe(`urn:uuid:${response.headers["x-request-id"]}`);
  expect(details.status).toBe(response.statusCode);
  return details;
}

async function samples(name: string) {
  return (await registry.text()).split("\n").filter((line) => line.startsWith(name) && !line.includes("le="));
}

describe("an answer", () => {
  it("has the headers of an API and the request's id", async () => {
    const { statusCode, headers } = await ask("POST", "/things", "{}", { "x-request-id": "chosen" });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.stringMatching(uuid),
    });
  });

  it("may have other headers where a route says so", async () => {
    app.get("/public", async (_, reply) => reply.header("cache-control", "max-age=60").send({}));
    expect((await ask("GET", "/public")).headers["cache-control"]).toBe("max-age=60");
  });
});

describe("a refusal is a problem with its instance", () => {
  it("of a route that does not exist", async () => {
    expect(await refusal("GET", "/nothing?token=s3cret")).toEqual({
      type: "urn:iot-verification:problem:not-found",
      title: "There is no such thing",
      status: 404,
      detail: "Nothing is at /nothing.",
    });
    expect(JSON.stringify(log.lines)).not.toContain("s3cret");
  });

  it.each([
    ["/things/7", "GET, HEAD"],
    ["/things", "POST"],
    ["/health", "GET, HEAD"],
  ])("of a method that %s does not have", async (path, allow) => {
    const response = await ask("PUT", path, "not json");
    expect(response.headers.allow).toBe(allow);
    expect(await refusal("PUT", path)).toEqual({
      type: "urn:iot-verification:problem:method-not-allowed",
      title: "This address has other methods",
      status: 405,
      detail: `${path} has the methods ${allow}.`,
    });
  });

  it("of a path that is not well-formed", async () => {
    expect(await refusal("GET", "/things/%zz")).toMatchObject({
      type: "urn:iot-verification:problem:malformed-request",
      status: 400,
    });
  });

  it("of an id that is longer than any", async () => {
    expect(await refusal("GET", `/things/${"x".repeat(101)}`)).toMatchObject({ status: 404 });
  });

  it("of a body that is not JSON", async () => {
    expect(await refusal("POST", "/things", '{"a":')).toMatchObject({
      type: "urn:iot-verification:problem:malformed-request",
      status: 400,
      detail: expect.stringMatching(/^The body is not JSON: /),
    });
  });

  it("of an empty body", async () => {
    expect(await refusal("POST", "/things", "")).toMatchObject({ status: 400, detail: "The body is empty." });
  });

  it.each(['{"a":{"__proto__":{"admin":true}}}', '{"a":{"\\u005f_proto__":{}}}'])(
    "of a body that reaches for a prototype: %s",
    async (body) => {
      expect(await refusal("POST", "/things", body)).toMatchObject({
        status: 400,
        errors: [{ pointer: "/a", detail: 'The name "__proto__" is not allowed.' }],
      });
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"])(
    "of a body that is %s",
    async (type) => {
      expect(await refusal("POST", "/things", "a=1", { "content-type": type })).toEqual({
        type: "urn:iot-verification:problem:unsupported-media-type",
        title: "The body is not plain JSON",
        status: 415,
        detail: "Send JSON with the header field content-type: application/json.",
      });
    },
  );

  it("of a body that is too large", async () => {
    expect((await ask("POST", "/things", `"${"x".repeat(998)}"`)).statusCode).toBe(200);
    expect(await refusal("POST", "/things", `"${"x".repeat(999)}"`)).toEqual({
      type: "urn:iot-verification:problem:body-too-large",
      title: "The body is too large",
      status: 413,
      detail: "A body may have 1000 bytes at most.",
    });
  });

  it("of values that a schema does not allow, with each place", async () => {
    const schema = {
      body: { type: "object", properties: { n: { type: "integer" } }, required: ["m"] },
      querystring: { type: "object", properties: { limit: { type: "integer" } } },
    };
    app.post("/checked", { schema }, async () => ({}));
    expect(await refusal("POST", "/checked", '{"n":1.5,"m":1}')).toEqual({
      type: "urn:iot-verification:problem:invalid-request",
      title: "The body is not what is expected here",
      status: 422,
      detail: "The body is not what is expected here: see errors.",
      errors: [{ pointer: "/n", detail: "must be integer" }],
    });
    expect(await refusal("POST", "/checked?limit=many", '{"m":1}')).toMatchObject({
      type: "urn:iot-verification:problem:invalid-parameter",
      status: 400,
      errors: [{ pointer: "/limit", detail: "must be integer" }],
    });
  });

  it("of a service's own kind, with its headers", async () => {
    const full = { id: "queue-full", status: 429, title: "Too many verifications are waiting" };
    app.get("/full", async () => {
      throw new Problem(full, "Try again in 5 s.", { headers: { "retry-after": "5" } });
    });
    expect((await ask("GET", "/full")).headers["retry-after"]).toBe("5");
    expect(await refusal("GET", "/full")).toEqual({
      type: "urn:iot-verification:problem:queue-full",
      title: "Too many verifications are waiting",
      status: 429,
      detail: "Try again in 5 s.",
    });
  });

  it("of anything unexpected, without what it was: the log has that", async () => {
    app.get("/broken", async () => {
      throw new Error("relation platform.verifications does not exist");
    });
    const response = await ask("GET", "/broken");
    expect(response.json()).toEqual({
      type: "urn:iot-verification:problem:internal-error",
      title: "The service failed",
      status: 500,
      detail: "An unexpected error occurred; the log has it under this instance.",
      instance: `urn:uuid:${response.headers["x-request-id"]}`,
    });
    expect(log.lines.find(({ level }) => level === "error")).toMatchObject({
      request_id: response.headers["x-request-id"],
      err: { message: "relation platform.verifications does not exist" },
      msg: "request failed",
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it("of what is thrown and is no error", async () => {
    app.get("/odd", async () => {
      throw "odd";
    });
    expect(await refusal("GET", "/odd")).toMatchObject({ status: 500 });
  });
});

describe("probes", () => {
  it("tell that the process works", async () => {
    database = () => Promise.reject(new Error("down"));
    const { statusCode, body } = await ask("GET", "/health");
    expect([statusCode, body]).toEqual([200, '{"status":"ok"}']);
  });

  it("tell that the service is ready", async () => {
    const { statusCode, body } = await ask("GET", "/ready");
    expect([statusCode, body]).toEqual([200, '{"status":"ok"}']);
  });

  it("tell what the service lacks", async () => {
    database = () => Promise.reject(new Error("password s3cret refused"));
    expect((await ask("GET", "/ready")).headers["retry-after"]).toBe("5");
    expect(await refusal("GET", "/ready")).toEqual({
      type: "urn:iot-verification:problem:not-ready",
      title: "The service is not ready",
      status: 503,
      detail: "No answer from: database.",
    });
    expect(log.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("a request leaves", () => {
  it("one line in the log, without its query", async () => {
    const { headers } = await ask("GET", "/things/7?token=s3cret");
    expect(log.lines.map(essence)).toEqual([
      {
        level: "info",
        request_id: headers["x-request-id"],
        method: "GET",
        route: "/things/:id",
        path: "/things/7",
        status: 200,
        duration_ms: expect.any(Number),
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
        msg: "request answered",
      },
    ]);
  });

  it("a line at level debug if it is a probe", async () => {
    await ask("GET", "/health");
    expect(log.lines).toMatchObject([{ level: "debug", route: "/health", status: 200 }]);
    expect(log.lines[0]).not.toHaveProperty("trace_id");
  });

  it("metrics by the template of its route", async () => {
    await ask("GET", "/things/7");
    await ask("GET", "/things/8");
    await ask("GET", "/nothing/9");
    expect(await samples("iot_verification_http_requests_total")).toEqual([
      'iot_verification_http_requests_total{method="GET",route="/things/:id",status_class="2xx"} 2',
      'iot_verification_http_requests_total{method="GET",route="unmatched",status_class="4xx"} 1',
    ]);
    expect(await samples("iot_verification_http_request_duration_seconds_count")).toEqual([
      'iot_verification_http_request_duration_seconds_count{method="GET",route="/things/:id"} 2',
      'iot_verification_http_request_duration_seconds_count{method="GET",route="unmatched"} 1',
    ]);
  });

  it("no duration if its answer is a stream", async () => {
    app.get("/events", { config: { stream: true } }, async () => "done");
    await ask("GET", "/events");
    expect(await samples("iot_verification_http_requests_total")).toHaveLength(1);
    expect(await samples("iot_verification_http_request_duration_seconds")).toHaveLength(0);
  });

  it("log lines of its handling in the trace that its caller began, also after its body was read", async () => {
    app.post("/work", async () => {
      log.log.info("working");
      return {};
    });
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await ask("POST", "/work", "{}", { traceparent });
    const [working, answered] = log.lines;
    expect(working).toMatchObject({ msg: "working", trace_id: "0af7651916cd43dd8448eb211c80319c" });
    expect(working?.span_id).not.toBe("b7ad6b7169203331");
    expect(answered).toMatchObject({ trace_id: working?.trace_id, span_id: working?.span_id });
  });
});
