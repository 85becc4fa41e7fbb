import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type MetricDeclaration, metricName, metrics } from "../../../components/contract/metrics.ts";
import { createRegistry, type MetricsRegistry, type Server } from "../../../services/runtime/metrics.ts";
import { serveMetrics } from "../../../services/runtime/metrics-server.ts";
import { recordingLog } from "./fixtures.ts";

/** The lines of the text format about one metric, without comments. */
async function samplesOf(registry: Pick<MetricsRegistry<Server>, "text">, name: string) {
  return (await registry.text()).split("\n").filter((line) => line.startsWith(name));
}

describe("the table of metrics", () => {
  const table: [string, MetricDeclaration][] = Object.entries(metrics);

  it.each(table)("names %s after what it is", (name, { type, unit, buckets, help }) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(name.endsWith("_seconds")).toBe(unit === "seconds");
    expect(buckets !== undefined).toBe(type === "histogram");
    expect(buckets).toEqual(buckets && [...buckets].sort((a, b) => a - b));
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
  });
});

describe("the metrics of a process", () => {
  const { log, lines } = recordingLog();

  it("are those of the table that its workload serves, and those of a Node process", async () => {
    const text = await createRegistry("gateway", log).text();
    const served = [...text.matchAll(/^# TYPE (iot_verification_\S+) (\S+)$/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    const expected = Object.entries(metrics)
      .filter(([, { servedBy }]) => servedBy !== "verifier")
      .map(([key, { type }]) => [metricName(key as keyof typeof metrics), type]);
    expect(served).toEqual(expected);
    expect(text).toContain("\nprocess_resident_memory_bytes ");
    expect(text).toContain("\nnodejs_eventloop_lag_p99_seconds ");
  });

  it("count, rise and fall, and observe", async () => {
    const registry = createRegistry("verifier", log);
    const { engine_runs_total, verifications_running, engine_run_duration_seconds, cache_up } =
      registry.metrics;
    engine_runs_total.inc({ engine: "z3", outcome: "timeout" });
    engine_runs_total.inc({ engine: "z3", outcome: "timeout" });
    verifications_running.inc({ standard: "tsn" });
    verifications_running.inc({ standard: "tsn" });
    verifications_running.dec({ standard: "tsn" });
    engine_run_duration_seconds.observe(0.3, { engine: "z3" });
    cache_up.set(1);
    expect(await samplesOf(registry, "iot_verification_engine_runs_total")).toEqual([
      'iot_verification_engine_runs_total{engine="z3",outcome="timeout"} 2',
    ]);
    expect(await samplesOf(registry, "iot_verification_verifications_running")).toEqual([
      'iot_verification_verifications_running{standard="tsn"} 1',
    ]);
    expect(await samplesOf(registry, "iot_verification_cache_up")).toEqual(["iot_verification_cache_up 1"]);
    expect(await samplesOf(registry, "iot_verification_engine_run_duration_seconds")).toContain(
      'iot_verification_engine_run_duration_seconds_bucket{le="0.5",engine="z3"} 1',
    );
    expect(await samplesOf(registry, "iot_verification_engine_run_duration_seconds")).toContain(
      'iot_verification_engine_run_duration_seconds_bucket{le="0.25",engine="z3"} 0',
    );
  });

  it("tell the clock as it is at the scrape", async () => {
    vi.useFakeTimers({ now: 1_700_000_000_500, toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const registry = createRegistry("gateway", log);
    vi.setSystemTime(1_700_000_007_250);
    expect(await samplesOf(registry, "iot_verification_clock_seconds")).toEqual([
      "iot_verification_clock_seconds 1700000007.25",
    ]);
  });

  it("compile only as declared", () => {
    const { metrics: gateway } = createRegistry("gateway", log);
    const wrong = () => {
      // @ts-expect-error it belongs to verifiers
      gateway.engine_runs_total;
      // @ts-expect-error it is not in the table
      gateway.http_request_total;
      // @ts-expect-error a counter has no value to set
      gateway.rate_limited_total.set(1);
      // @ts-expect-error a label is missing
      gateway.verifications_submitted_total.inc({ standard: "tsn" });
      // @ts-expect-error there is no such outcome
      gateway.verifications_submitted_total.inc({ standard: "tsn", outcome: "lost" });
      // @ts-expect-error there is no such label
      gateway.verification_queue_depth.set(1, { standard: "tsn", queue: "x" });
      // @ts-expect-error it has no labels
      gateway.rate_limited_total.inc({ caller: "x" });
    };
    expect(wrong).toThrow(TypeError);
  });

  it("are collected before each scrape; a collector that fails costs only its own", async () => {
    const registry = createRegistry("gateway", log);
    registry.beforeScrape(() => Promise.reject(new Error("no database")));
    registry.beforeScrape(() => registry.metrics.event_streams_open.set(3));
    expect(await samplesOf(registry, "iot_verification_event_streams_open")).toEqual([
      "iot_verification_event_streams_open 3",
    ]);
    expect(lines.at(-1)).toMatchObject({ level: "warn", err: { message: "no database" } });
  });
});

describe("the metrics server", () => {
  const { log, lines } = recordingLog();
  let tokens: (string | undefined)[];
  let server: Awaited<ReturnType<typeof serveMetrics>>;
  beforeEach(async () => {
    tokens = ["new", undefined];
    const registry = { text: async () => "up 1\n", contentType: createRegistry("gateway", log).contentType };
    const address = { host: "127.0.0.1", port: 0 };
    server = await serveMetrics({ registry, tokens: () => tokens, address, log });
  });
  afterEach(() => server.stop());

  const scrape = (authorization?: string, path = "/metrics", method = "GET") =>
    fetch(server.url + path, { method, headers: authorization === undefined ? {} : { authorization } });

  it("gives the metrics to who presents the token", async () => {
    const response = await scrape("Bearer new");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toBe("up 1\n");
  });

  it("takes the token before as well, as long as there is one", async () => {
    expect((await scrape("Bearer old")).status).toBe(401);
    tokens = ["new", "old"];
    expect((await scrape("Bearer old")).status).toBe(200);
    expect((await scrape("bearer new")).status).toBe(200);
  });

  it.each([undefined, "", "Bearer", "Bearer ", "Bearer old", "Basic new", "new", "Bearer new new"])(
    "refuses %j",
    async (authorization) => {
      const response = await scrape(authorization);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toEqual({
        type: "urn:iot-verification:problem:unauthenticated",
        title: "The caller is not recognised",
        status: 401,
        detail: "Present the token of the metrics as a bearer token.",
      });
    },
  );

  it("has nothing else", async () => {
    expect((await scrape("Bearer new", "/")).status).toBe(404);
    const response = await scrape("Bearer new", "/metrics", "POST");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("answers 500 without details while the token cannot be read", async () => {
    await server.stop();
    const registry = {
      text: async () => "up 1\n",
      contentType: "text/plain; version=0.0.4; charset=utf-8",
    } as const;
    const broken = () => {
      throw new Error("PROMETHEUS_TOKEN_FILE is not set");
    };
    server = await serveMetrics({ registry, tokens: broken, address: { host: "127.0.0.1", port: 0 }, log });
    const response = await scrape("Bearer new");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("PROMETHEUS_TOKEN_FILE");
    expect(lines.at(-1)).toMatchObject({
      level: "error",
      err: { message: "PROMETHEUS_TOKEN_FILE is not set" },
    });
  });
});
