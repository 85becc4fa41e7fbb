import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { type Context, context, type Span, SpanStatusCode } from "@opentelemetry/api";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { paths } from "../../components/contract/runtime.ts";
import { parseJson } from "./json.ts";
import type { Logger } from "./logs.ts";
import type { CommonMetrics } from "./metrics.ts";
import { Problem, problemMediaType, problemOf, problemTypes } from "./problems.ts";
import { type ReadinessCheck, readiness } from "./readiness.ts";
import { startServerSpan } from "./traces.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The answer lasts as long as the caller listens: its duration says nothing. @default false */
    readonly stream?: boolean;
    /** Asked all the time by machines: no span, and a log line at level debug only. @default false */
    readonly probe?: boolean;
  }
  interface FastifyRequest {
    /** The request's span and the context of its handling; null for a probe. */
    trace: { readonly span: Span; readonly context: Context } | null;
  }
}

export interface AppOptions {
  readonly log: Logger;
  readonly metrics: CommonMetrics;
  /** Bytes that the body of a request may have. */
  readonly maxRequestBytes: number;
  /** What must answer for the service to be ready. */
  readonly readiness: readonly ReadinessCheck[];
}

/** Against clients that send or read slowly to hold on to connections. In milliseconds. */
const timeouts = {
  /** Until the header fields are complete. */
  headers: 10_000,
  /** Until the whole request is there. */
  request: 30_000,
  /** Without a byte in either direction; an event stream sends something more often than that. */
  idle: 60_000,
  /** How often the first two are looked at. */
  check: 5_000,
} as const;

/** For an API: nothing here is a page, a script or to be stored; a route may say otherwise. */
const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/**
 * An HTTP service with what all have in common: `/health` and `/ready` (see `paths`), JSON bodies only, problem details
 * (RFC 9457) for whatever goes wrong, a log line, metrics and a span for each request. Throw a `Problem` to refuse a
 * request.
 */
export function createApp(options: AppOptions): FastifyInstance {
  const { log, metrics, maxRequestBytes } = options;
  const app: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new OwnRequestLines({ requestIdLogLabel: "request_id" }),
    genReqId: () => randomUUID(),
    bodyLimit: maxRequestBytes,
    requestTimeout: timeouts.request,
    connectionTimeout: timeouts.idle,
    http: { headersTimeout: timeouts.headers, connectionsCheckingInterval: timeouts.check },
    // What was accepted is answered, also while the service ends.
    return503OnClosing: false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void refuse(problemOf(error, options), request, reply),
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_: FastifyRequest, body: Buffer) => parseJson(body),
  );
  traceRequests(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...securityHeaders, "x-request-id": request.id });
  });
  refuseUnknownRoutes(app);
  endConnectionsOnClose(app);
  accountForRequests(app, metrics);
  app.setErrorHandler((error, request, reply) => refuse(problemOf(error, options), request, reply));
  addProbes(app, options);
  return app;
}

/** The framework's lines about every request are replaced by one of our own. */
class OwnRequestLines extends LogController {
  override incomingRequest(): void {}
  override requestCompleted(): void {}
  override routeNotFound(): void {}
}

function addProbes(app: FastifyInstance, { readiness: checks, log }: AppOptions): void {
  const ready = readiness(checks, log);
  const probe = { config: { probe: true } };
  app.get(paths.health, probe, async () => ({ status: "ok" }));
  app.get(paths.ready, probe, async () => {
    await ready();
    return { status: "ok" };
  });
}

/** 404, or 405 with the methods that the resource has: before the body is read, as nobody wants it. */
function refuseUnknownRoutes(app: FastifyInstance): void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set();
    methodsOf.set(url, methods);
    for (const each of [method].flat()) methods.add(each);
  });
  app.addHook("onRequest", async (request) => {
    if (!request.is404) return;
    const path = pathOf(request);
    const fitting = [...methodsOf].filter(([template]) => fits(path, template));
    const allowed = [...new Set(fitting.flatMap(([, methods]) => [...methods]))].sort().join(", ");
    if (allowed === "") throw new Problem(problemTypes.notFound, `Nothing is at ${path}.`);
    throw new Problem(problemTypes.methodNotAllowed, `${path} has the methods ${allowed}.`, {
      headers: { allow: allowed },
    });
  });
}

/** A connection that is kept alive would hold up the end of the service. */
function endConnectionsOnClose(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
}

/** Whether a path is one of a route such as `/things/:id`. */
function fits(path: string, template: string): boolean {
  const parts = path.split("/");
  const expected = template.split("/");
  return (
    parts.length === expected.length &&
    expected.every((part, index) => (part.startsWith(":") ? parts[index] !== "" : part === parts[index]))
  );
}

function traceRequests(app: FastifyInstance): void {
  app.decorateRequest("trace", null);
  app.addHook("onRequest", (request, _reply, done) => {
    if (request.routeOptions.config.probe) return done();
    const route = routeOf(request);
    request.trace = startServerSpan(`${request.method} ${route}`, request.headers, {
      "http.request.method": request.method,
      "http.route": route,
      "url.path": pathOf(request),
    });
    context.with(request.trace.context, done);
  });
}

/** The status of a request whose caller left before the answer began: none was sent. */
const brokenOff = 499;

/** The end of each request in metrics, span and log, also when its caller did not wait for it. */
function accountForRequests(app: FastifyInstance, metrics: CommonMetrics): void {
  const ended = new WeakSet<FastifyRequest>();
  const end = (request: FastifyRequest, reply: FastifyReply, outcome: Outcome) => {
    if (ended.has(request)) return;
    ended.add(request);
    account(metrics, request, reply, outcome);
    endSpan(request, outcome);
    tell(request, reply, outcome);
  };
  app.addHook("onRequest", async (request, reply) => {
    reply.raw.once("close", () => {
      const status = reply.raw.headersSent ? reply.statusCode : brokenOff;
      end(request, reply, { status, message: "request broken off by the caller" });
    });
  });
  app.addHook("onResponse", async (request, reply) =>
    end(request, reply, { status: reply.statusCode, message: "request answered" }),
  );
}

interface Outcome {
  readonly status: number;
  readonly message: string;
}

function account(
  metrics: CommonMetrics,
  request: FastifyRequest,
  reply: FastifyReply,
  { status }: Outcome,
): void {
  const labels = { method: request.method, route: routeOf(request) };
  metrics.http_requests_total.inc({ ...labels, status_class: statusClassOf(status) });
  if (!request.routeOptions.config.stream)
    metrics.http_request_duration_seconds.observe(reply.elapsedTime / 1000, labels);
}

function endSpan({ trace }: FastifyRequest, { status }: Outcome): void {
  trace?.span.setAttribute("http.response.status_code", status);
  if (status >= 500) trace?.span.setStatus({ code: SpanStatusCode.ERROR });
  trace?.span.end();
}

function statusClassOf(status: number) {
  return `${Math.floor(status / 100) as 1 | 2 | 3 | 4 | 5}xx` as const;
}

function tell(request: FastifyRequest, reply: FastifyReply, { status, message }: Outcome): void {
  const fields = {
    method: request.method,
    route: routeOf(request),
    path: pathOf(request),
    status,
    duration_ms: Math.round(reply.elapsedTime),
    ...(request.trace && {
      trace_id: request.trace.span.spanContext().traceId,
      span_id: request.trace.span.spanContext().spanId,
    }),
  };
  request.log[request.routeOptions.config.probe ? "debug" : "info"](fields, message);
}

/** Template of the route: few, whatever callers ask for. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? "unmatched";
}

/** Without the query, which may hold what a log must not have. */
function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? "";
}

function refuse(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // A refusal without a cause, such as that of too much at once, is no failure: whoever asks would fill the log.
  if (problem.type.status === 500 || (problem.type.status > 500 && problem.cause !== undefined)) {
    const log = () => request.log.error({ err: problem.cause ?? problem }, "request failed");
    context.with(request.trace?.context ?? context.active(), log);
  }
  return (
    reply
      .code(problem.type.status)
      .headers({ ...securityHeaders, "x-request-id": request.id, ...problem.headers })
      .type(problemMediaType)
      // As bytes: no schema of the route applies to it, and no charset, which JSON does not have, is added.
      .send(Buffer.from(JSON.stringify(problem.details(request.id))))
  );
}

/** What is no HTTP request at all, by the code of the parser's error; anything else is not well-formed. */
const connectionProblems: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(
    problemTypes.requestTimeout,
    `A request must arrive within ${timeouts.request / 1000} s, its header fields within ${timeouts.headers / 1000} s.`,
  ),
  HPE_HEADER_OVERFLOW: new Problem(problemTypes.headersTooLarge, "Send fewer or shorter header fields."),
};

function refuseConnection({ code }: { code: string }, socket: Socket): void {
  if (code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const problem =
    connectionProblems[code] ??
    new Problem(problemTypes.malformedRequest, "What arrived cannot be read as an HTTP/1.1 request.");
  const body = JSON.stringify(problem.details());
  const head = [
    `HTTP/1.1 ${problem.type.status} ${problem.type.title}`,
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
