import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "./platform.ts";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let platform: Platform;
const spans: Span[] = [];

/** A receiver of OTLP/HTTP in JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
const collector = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
  for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});

beforeAll(async () => {
  await once(collector.listen(0, "127.0.0.1"), "listening");
  platform = await startPlatform();
  expect(await platform.migrate().ended).toBe(0);
});

afterAll(async () => {
  collector.close();
  await platform.remove();
});

it("continues the trace of the request down to the engine", async () => {
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const verifier = await platform.startVerifier({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const submitted = await platform.verifications.submit(
    { standard: "tsn", property: "fake", model: { do: "run-engine", input: "(check-sat)" } },
    { maxQueued: 10, traceContext: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } },
  );
  if (submitted.outcome !== "accepted") throw new Error(submitted.outcome);
  await platform.finished(submitted.verification.id);
  verifier.process.kill("SIGTERM");
  expect(await verifier.ended).toBe(0);

  const verify = spans.find(({ name }) => name === "verify tsn");
  const engine = spans.find(({ name }) => name === "engine z3");
  expect(verify).toMatchObject({ traceId, parentSpanId: "b7ad6b7169203331" });
  expect(engine).toMatchObject({ traceId, parentSpanId: verify?.spanId });
  expect(verify?.attributes).toContainEqual({
    key: "verification.verdict",
    value: { stringValue: "proved" },
  });
  expect(engine?.attributes).toContainEqual({ key: "engine.outcome", value: { stringValue: "completed" } });
  const line = verifier.lines.find(({ msg }) => msg === "verification finished");
  expect(line).toMatchObject({ trace_id: traceId, span_id: verify?.spanId });
});
