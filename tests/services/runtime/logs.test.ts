import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "../../../services/runtime/logs.ts";
import { startTraces, type Traces, withSpan } from "../../../services/runtime/traces.ts";
import { essence, recordingLog } from "./fixtures.ts";

describe("a log line", () => {
  it("has time, level as a word, service and message", () => {
    const { log, lines } = recordingLog();
    log.info({ standard: "tsn" }, "leased");
    expect(lines).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: "test",
        standard: "tsn",
        msg: "leased",
      },
    ]);
  });

  it("is written from the configured level on", () => {
    const { log, lines } = recordingLog("info");
    log.debug("no");
    log.warn("yes");
    expect(lines.map(essence)).toEqual([{ level: "warn", msg: "yes" }]);
  });

  it("has an error with its type, message, stack and cause", () => {
    const { log, lines } = recordingLog();
    log.error({ err: new TypeError("outer", { cause: new Error("inner") }) }, "failed");
    expect(essence(lines[0])).toEqual({
      level: "error",
      err: {
        type: "TypeError",
        message: "outer: inner",
        stack: expect.stringContaining("caused by: Error: inner"),
      },
      msg: "failed",
    });
  });

  it("never has a credential, a header that holds one, or a body", () => {
    const { log, lines } = recordingLog();
    const secrets = {
      authorization: "Bearer s3cret",
      cookie: "id=s3cret",
      "set-cookie": "id=s3cret",
      "x-api-key": "s3cret",
      password: "s3cret",
      token: "s3cret",
      secret: "s3cret",
      apiKey: "s3cret",
      body: { model: "s3cret" },
    };
    const error = Object.assign(new Error("refused"), { request: { headers: secrets }, body: "s3cret" });
    log.error({ ...secrets, request: { headers: secrets, body: "s3cret" }, err: error }, "refused");
    expect(lines[0]).toMatchObject({
      authorization: "[redacted]",
      "x-api-key": "[redacted]",
      request: { body: "[redacted]", headers: { "set-cookie": "[redacted]", cookie: "[redacted]" } },
      err: { message: "refused", request: { headers: { authorization: "[redacted]" } } },
    });
    expect(JSON.stringify(lines)).not.toContain("s3cret");
  });

  it("can be text for people", () => {
    const written: string[] = [];
    const destination = { write: (text: string) => void written.push(text) };
    const log = createLogger({ service: "test", level: "info", format: "text", destination });
    log.warn({ check: "database", password: "s3cret" }, "not ready");
    expect(written.join("")).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: not ready\n {4}check: "database"\n {4}password: "\[redacted\]"\n$/,
    );
  });
});

describe("a log line inside of a span", () => {
  let traces: Traces;
  beforeEach(() => {
    traces = startTraces({ service: "test", version: "0", endpoint: "", log: recordingLog().log });
  });
  afterEach(() => traces.stop());

  it("has the span's ids", async () => {
    const { log, lines } = recordingLog();
    const ids = await withSpan("work", {}, async (span) => {
      await Promise.resolve();
      log.info("inside");
      return span.spanContext();
    });
    log.info("outside");
    expect(lines.map(essence)).toEqual([
      { level: "info", trace_id: ids.traceId, span_id: ids.spanId, msg: "inside" },
      { level: "info", msg: "outside" },
    ]);
  });
});
