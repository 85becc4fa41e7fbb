import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type ExportResult, ExportResultCode, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "./logs.ts";
import { within } from "./within.ts";

/**
 * A place in a trace as text (https://www.w3.org/TR/trace-context/), for a header or a database row: what is done on its
 * account, by whatever process, joins the trace.
 */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

export interface TracesOptions {
  /** Name of the workload. */
  readonly service: string;
  /** Version of the platform. */
  readonly version: string;
  /** Base URL of an OTLP/HTTP receiver; empty: spans are made, for logs and callers, but not exported. */
  readonly endpoint: string;
  readonly log: Logger;
}

/** Tracing of this process. */
export interface Traces {
  /** Exports what is left, as far as that takes no more than some seconds, and ends tracing. */
  stop(): Promise<void>;
}

/** Longest that the export of a batch may take, attempts after the first included; then it is dropped. */
const exportMilliseconds = 2_000;
/** Longest that the end of the process waits for the last export. */
const flushMilliseconds = 3_000;

/** Starts tracing for the whole process: one at a time. A collector that does not answer neither blocks nor fails it. */
export function startTraces({ service, version, endpoint, log }: TracesOptions): Traces {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": version }),
    spanProcessors: endpoint === "" ? [] : [exportTo(endpoint, log)],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    stop: async () => {
      try {
        await within(flushMilliseconds, "exporting the last traces", provider.shutdown());
      } catch (err) {
        log.warn({ err }, "the last traces were not exported");
      }
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

/**
 * What `work` gives, done inside of a span with this name. If it fails, the span says so and the error goes on.
 *
 * @param attributes as in https://opentelemetry.io/docs/specs/semconv/ where that has a name for it
 */
export function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T> | T,
): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Says in a span that what it stands for has failed. */
export function failSpan(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error));
  span.recordException(exception);
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
}

/** The current place in a trace; undefined outside of a span. */
export function currentTraceContext(): TraceContext | undefined {
  const carrier: { traceparent?: string; tracestate?: string } = {};
  propagation.inject(context.active(), carrier);
  const { traceparent, tracestate } = carrier;
  if (traceparent === undefined) return undefined;
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

/** What `work` gives, done as part of the trace of that place; of none where that is undefined or not well-formed. */
export function continueTrace<T>(place: TraceContext | undefined, work: () => T): T {
  return context.with(contextOf(place ?? {}), work);
}

/** The span of an incoming request, to be ended by the caller, and the context to handle it in. */
export function startServerSpan(name: string, headers: object, attributes: Attributes) {
  const parent = contextOf(headers);
  const span = tracer().startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  return { span, context: trace.setSpan(parent, span) };
}

/** From a carrier such as a request's headers: anything that is not well-formed counts as absent. */
function contextOf(carrier: object): Context {
  return propagation.extract(trace.deleteSpan(context.active()), carrier);
}

function tracer() {
  return trace.getTracer("iot-verification");
}

function exportTo(endpoint: string, log: Logger): BatchSpanProcessor {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: exportMilliseconds });
  return new BatchSpanProcessor({ exporter: tellingChanges(exporter, { url, log }) });
}

/** Logs when exports begin to fail and when they work again, not each of them. */
function tellingChanges(exporter: SpanExporter, { url, log }: { url: string; log: Logger }): SpanExporter {
  let failing = false;
  const tell = ({ code, error: err }: ExportResult) => {
    const failed = code === ExportResultCode.FAILED;
    if (failed && !failing) log.warn({ err, url }, "traces cannot be exported; going on without them");
    if (!failed && failing) log.info({ url }, "traces are exported again");
    failing = failed;
  };
  return {
    // It may be called from inside of any span, whose ids the log line must not have.
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        context.with(ROOT_CONTEXT, () => tell(result));
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
