import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  continueTrace,
  currentTraceContext,
  startTraces,
  type Traces,
  withSpan,
} from "../../../services/runtime/traces.ts";
import { essence, recordingLog } from "./fixtures.ts";

/** As OTLP/JSON and OTLP/HTTP have it; what the tests read of it. */
interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly status: { readonly code?: number; readonly message?: string };
  readonly events: readonly { readonly name: string }[];
}

interface Received {
  readonly url: string | undefined;
  readonly resource: Readonly<Record<string, string | undefined>>;
  readonly spans: readonly ExportedSpan[];
}

/** A receiver of OTLP/HTTP on this machine. */
async function startCollector(
  status = 200,
): Promise<{ endpoint: string; received: Received[]; server: Server }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
    const [{ resource, scopeSpans }] = resourceSpans;
    received.push({
      url: request.url,
      resource: Object.fromEntries(
        resource.attributes.map(({ key, value }: ExportedSpan["attributes"][number]) => [
          key,
          value.stringValue,
        ]),
      ),
      spans: scopeSpans.flatMap(({ spans }: { spans: ExportedSpan[] }) => spans),
    });
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, server };
}

const { log, lines } = recordingLog();
let traces: Traces | undefined;

function start(endpoint: string) {
  traces = startTraces({ service: "tsn-verification", version: "1.2.3", endpoint, log });
  return traces;
}

beforeEach(() => void lines.splice(0));
afterEach(async () => {
  await traces?.stop();
  traces = undefined;
});

describe("a trace", () => {
  it("goes on in another process, through a row of a database", async () => {
    start("");
    const [place, sent] = await withSpan("submit", {}, (span) => [currentTraceContext(), span.spanContext()]);
    const row = JSON.parse(JSON.stringify(place));
    expect(row).toEqual({ traceparent: `00-${sent.traceId}-${sent.spanId}-01` });
    const found = await continueTrace(row, () => withSpan("verify", {}, (span) => span.spanContext()));
    expect(found.traceId).toBe(sent.traceId);
    expect(found.spanId).not.toBe(sent.spanId);
  });

  it("keeps the state that others have in it", async () => {
    start("");
    const place = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "vendor=1",
    };
    const inner = await continueTrace(place, () => withSpan("verify", {}, () => currentTraceContext()));
    expect(inner).toEqual({
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/),
      tracestate: "vendor=1",
    });
  });

  it.each([undefined, { traceparent: "" }, { traceparent: "00-zz-b7ad6b7169203331-01" }])(
    "begins anew after %j",
    async (place) => {
      start("");
      const [outer, inner] = await withSpan("outer", {}, async (span) => [
        span.spanContext().traceId,
        await continueTrace(place, () => withSpan("inner", {}, (own) => own.spanContext().traceId)),
      ]);
      expect(inner).toMatch(/^[0-9a-f]{32}$/);
      expect(inner).not.toBe(outer);
    },
  );

  it("is nowhere outside of a span", () => {
    start("");
    expect(currentTraceContext()).toBeUndefined();
  });
});

describe("spans", () => {
  it("reach the collector with what they stand for, at the end at the latest", async () => {
    const { endpoint, received, server } = await startCollector();
    start(`${endpoint}/`);
    await withSpan("verify", { standard: "tsn" }, () => withSpan("engine", {}, () => "sat"));
    await traces?.stop();
    server.close();
    expect(received).toHaveLength(1);
    const [{ url, resource, spans }] = received as [Received];
    expect(url).toBe("/v1/traces");
    expect(resource).toEqual({ "service.name": "tsn-verification", "service.version": "1.2.3" });
    const [engine, verify] = spans as [ExportedSpan, ExportedSpan];
    expect([engine.name, verify.name]).toEqual(["engine", "verify"]);
    expect(engine).toMatchObject({ traceId: verify.traceId, parentSpanId: verify.spanId });
    expect(verify.attributes).toEqual([{ key: "standard", value: { stringValue: "tsn" } }]);
    expect(lines).toEqual([]);
  });

  it("say what failed, and let the error through", async () => {
    const { endpoint, received, server } = await startCollector();
    start(endpoint);
    const failing = withSpan("verify", {}, () => Promise.reject(new Error("engine lost")));
    await expect(failing).rejects.toThrow("engine lost");
    await traces?.stop();
    server.close();
    expect(received[0]?.spans[0]).toMatchObject({
      status: { code: 2, message: "engine lost" },
      events: [{ name: "exception" }],
    });
  });

  it.each([
    ["refuses", async () => startCollector(400)],
    ["is not there", async () => ({ endpoint: "http://127.0.0.1:1", server: undefined })],
  ])("cost one log line while the collector %s", async (_, collector) => {
    const { endpoint, server } = await collector();
    start(endpoint);
    // More than the batches of one flush hold.
    for (let count = 0; count < 1500; count += 1) await withSpan("work", {}, () => count);
    await traces?.stop();
    server?.close();
    expect(lines.filter(({ msg }) => msg !== "the last traces were not exported").map(essence)).toEqual([
      {
        level: "warn",
        err: expect.anything(),
        url: `${endpoint}/v1/traces`,
        msg: "traces cannot be exported; going on without them",
      },
    ]);
  });
});
