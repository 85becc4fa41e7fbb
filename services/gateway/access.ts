import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Metrics } from "../runtime/metrics.ts";
import { Problem } from "../runtime/problems.ts";
import { authenticate, type Caller } from "./auth/authenticate.ts";
import { AuthenticationFailure } from "./auth/failure.ts";
import type { CredentialValues } from "./auth/keys.ts";
import { problemTypes, retryAfter } from "./problems.ts";
import { type Allowance, type RateLimits, windowSeconds } from "./rate-limits.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Open to everybody, uncounted: probes and the description of the API. @default false */
    readonly open?: boolean;
    /** Who may use it. @default "callers": with an API key or a token */
    readonly access?: "callers" | "api-key";
  }
}

export interface AccessOptions {
  /** The credentials of this moment. */
  readonly credentials: () => CredentialValues;
  readonly limits: RateLimits;
  readonly metrics: Pick<Metrics<"gateway">, "authentication_failures_total" | "rate_limited_total">;
}

/** What a 401 demands (RFC 6750), besides the API key, which has no registered scheme. */
const challenge = 'Bearer realm="iot-verification"';

/**
 * Lets only recognised callers in, each so often in a minute as the limit says. It comes before the body is
 * read, so that nobody else can make the gateway hold one.
 */
export function guard(app: FastifyInstance, options: AccessOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    const { config } = request.routeOptions;
    if (config.open || config.probe) return;
    const caller = await recognise(request, options);
    countIn(reply, await options.limits.countRequest(caller.id), options);
    if (config.access === "api-key" && caller.method !== "api-key")
      throw new Problem(
        problemTypes.apiKeyRequired,
        "Send the API key itself; a token cannot be renewed with a token.",
      );
  });
}

async function recognise(request: FastifyRequest, options: AccessOptions): Promise<Caller> {
  try {
    return await authenticate(request.headers, options.credentials());
  } catch (error) {
    if (error instanceof AuthenticationFailure) throw await refusalOf(error, request, options);
    throw error;
  }
}

/**
 * Who fails too often is not even told why. Recognised callers are never shut out for it: they may share the address
 * with whoever fails, behind a proxy.
 */
async function refusalOf(
  { reason, message }: AuthenticationFailure,
  request: FastifyRequest,
  { limits, metrics }: AccessOptions,
): Promise<Problem> {
  metrics.authentication_failures_total.inc({ reason });
  const { allowed, resetSeconds } = await limits.countFailure(request.ip);
  if (!allowed) {
    metrics.rate_limited_total.inc();
    const detail = `Too many requests from your address were not authenticated; wait ${resetSeconds} s.`;
    return new Problem(problemTypes.rateLimited, detail, { headers: retryAfter(resetSeconds) });
  }
  const about = reason === "missing" ? "" : `, error="invalid_token", error_description="${message}"`;
  return new Problem(problemTypes.unauthenticated, message, {
    headers: { "www-authenticate": challenge + about },
  });
}

/** Tells the caller what is left (draft-ietf-httpapi-ratelimit-headers-10), and refuses when nothing is. */
function countIn(reply: FastifyReply, allowance: Allowance, { metrics }: AccessOptions): void {
  const { allowed, limit, remaining, resetSeconds } = allowance;
  const headers = {
    "ratelimit-policy": `"requests";q=${limit};w=${windowSeconds}`,
    ratelimit: `"requests";r=${remaining};t=${resetSeconds}`,
  };
  reply.headers(headers);
  if (allowed) return;
  metrics.rate_limited_total.inc();
  const detail = `You may make ${limit} requests in ${windowSeconds} s; the next one in ${resetSeconds} s.`;
  throw new Problem(problemTypes.rateLimited, detail, {
    headers: { ...headers, ...retryAfter(resetSeconds) },
  });
}
