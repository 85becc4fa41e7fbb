import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parseJson } from "../runtime/json.ts";
import { Problem } from "../runtime/problems.ts";
import { within } from "../runtime/within.ts";
import { problemTypes, retryAfter } from "./problems.ts";

/** Bytes of bodies that may be held at once, arriving or waiting for their turn, in multiples of the largest one. */
const maxBodies = 4;

/** Bytes from which a body has its turn: those of smaller ones are nothing, however many there are. */
const largeBytes = 64 * 1024;

/** Longest that a large body waits for its turn, in milliseconds. */
const turnMilliseconds = 20_000;

/** Between two steps of a large body: in it others come to the end of theirs, first of all the probes. */
const pauseMilliseconds = 10;

export interface BodiesOptions {
  /** Bytes that a body may have. */
  readonly maxRequestBytes: number;
  /** Longest that a large body waits for its turn, in milliseconds. @default 20000 */
  readonly turnWait?: number;
}

/**
 * Takes bodies of uncompressed JSON in UTF-8 so that they neither use up the memory nor hold up other requests: so many at
 * once as fit into the memory that is meant for them, and of large ones, whose values take a multiple of their bytes, one
 * at a time until it is answered. The callers have been recognised by then, so nobody else can use it up.
 */
export function takeBodies(
  app: FastifyInstance,
  { maxRequestBytes, turnWait = turnMilliseconds }: BodiesOptions,
): void {
  const held = new Map<FastifyRequest, number>();
  const bytesHeld = () => [...held.values()].reduce((sum, bytes) => sum + bytes, 0);
  const takeTurn = turns(turnWait);
  const endTurns = new Map<FastifyRequest, () => void>();

  app.removeContentTypeParser("application/json");
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length < largeBytes) return parseJson(body);
      endTurns.set(request, await takeTurn());
      if (request.raw.socket.destroyed) throw new Problem(problemTypes.requestTimeout, "The caller is gone.");
      const value = parseJson(body);
      await delay(pauseMilliseconds);
      return value;
    },
  );
  app.addHook("preParsing", async (request) => {
    if (!hasBody(request)) return;
    refuseOtherEncodings(request);
    const bytes = Math.min(Number(request.headers["content-length"] ?? maxRequestBytes), maxRequestBytes);
    if (bytesHeld() + bytes > maxBodies * maxRequestBytes) throw tooManyBodies();
    held.set(request, bytes);
  });
  app.addHook("preHandler", async (request) => {
    if (endTurns.has(request)) await delay(pauseMilliseconds);
  });
  // Before every answer, also that to a caller who is gone: only then is nobody at work on the body any more.
  app.addHook("onSend", async (request) => {
    held.delete(request);
    endTurns.get(request)?.();
    endTurns.delete(request);
  });
}

/** Takes turns, in order: resolves when it is the caller's turn, with what ends it. Who waits for too long is refused. */
function turns(wait: number): () => Promise<() => void> {
  let last = Promise.resolve();
  return async () => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = before.then(() => promise);
    try {
      await within(wait, "waiting for the turn of a large body", before);
      return resolve;
    } catch {
      resolve();
      throw tooManyBodies();
    }
  };
}

function tooManyBodies(): Problem {
  const detail = "Other large requests are being taken; try again in some seconds.";
  return new Problem(problemTypes.tooManyBodies, detail, { headers: retryAfter(5) });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function refuseOtherEncodings({ headers }: FastifyRequest): void {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity")
    throw new Problem(
      problemTypes.unsupportedMediaType,
      "Send the body uncompressed, without content-encoding.",
      {
        headers: { "accept-encoding": "identity" },
      },
    );
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers["content-type"] ?? "")?.[1] ?? "utf-8";
  if (charset.toLowerCase() !== "utf-8")
    throw new Problem(
      problemTypes.unsupportedMediaType,
      "Send the body in UTF-8, the only encoding of JSON.",
    );
}
