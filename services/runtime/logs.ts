import { isSpanContextValid, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from "pino";
import pretty from "pino-pretty";

export type { Logger } from "pino";

export interface LogsOptions {
  /** Name of the workload, the field `service` of each line. */
  readonly service: string;
  /** Least severe level that is written. */
  readonly level: "debug" | "info" | "warn" | "error";
  /** One JSON object a line, or text for people. */
  readonly format: "json" | "text";
  /** Where lines go. @default standard output, each line written before the call returns */
  readonly destination?: DestinationStream;
}

/** Fields that may hold a credential or what a caller sent, wherever they are down to the depth below. */
const secretFields = [
  "authorization",
  "Authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "password",
  "secret",
  "token",
  "apiKey",
  "body",
  "rawBody",
  "payload",
];

/** As deep as a field can be in what is logged here: an error has its cause, a request its headers. */
const secretDepth = 4;

/**
 * A log of JSON lines (or of text) with the fields `level`, `time` (RFC 3339), `service`, `msg`, inside of a span
 * `trace_id` and `span_id`, and `err` (type, message, stack) where an error is logged. Fields that may hold a credential
 * or a body are written as `[redacted]`.
 */
export function createLogger({ service, level, format, destination }: LogsOptions): Logger {
  const output = destination ?? standardOutput();
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: spanFields,
    redact: { paths: secretPaths(), censor: "[redacted]" },
  };
  return pino(options, format === "text" ? asText(output) : output);
}

/** Written at once: nothing is lost when the process ends, and no worker thread is needed. */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: true });
}

function asText(destination: DestinationStream): DestinationStream {
  const textOf = pretty.prettyFactory({ colorize: false, ignore: "service" });
  return { write: (line) => destination.write(textOf(line)) };
}

function spanFields() {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

function secretPaths(): string[] {
  const places = Array.from({ length: secretDepth }, (_, depth) => "*.".repeat(depth));
  return places.flatMap((place) => secretFields.map((field) => pathOf(place, field)));
}

/** `*.password`, but `*["set-cookie"]`. */
function pathOf(place: string, field: string): string {
  return field.includes("-") ? `${place.replace(/\.$/, "")}["${field}"]` : `${place}${field}`;
}
