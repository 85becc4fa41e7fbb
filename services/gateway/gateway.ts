import type { FastifyInstance } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import { progressChannel, VerificationEvent } from "../database/events.ts";
import { createApp } from "../runtime/app.ts";
import type { Cache } from "../runtime/cache.ts";
import type { Logger } from "../runtime/logs.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { ReadinessCheck } from "../runtime/readiness.ts";
import { guard } from "./access.ts";
import type { CredentialValues } from "./auth/keys.ts";
import { takeBodies } from "./bodies.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Pace } from "./follow.ts";
import { describeApi } from "./openapi.ts";
import { type CounterStore, rateLimits } from "./rate-limits.ts";
import { recordFor, type VerificationRecord } from "./record.ts";
import { eventRoutes } from "./routes/events.ts";
import { standardRoutes } from "./routes/standards.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { verificationRoutes } from "./routes/verifications.ts";
import { validatorCompiler } from "./validation.ts";

export interface GatewayOptions {
  readonly log: Logger;
  readonly metrics: Metrics<"gateway">;
  readonly catalogue: Catalogue;
  readonly verifications: VerificationRecord;
  readonly cache: Pick<Cache, "get" | "set" | "subscribe"> & { readonly client?: CounterStore };
  /** What must answer for the gateway to be ready. */
  readonly readiness: readonly ReadinessCheck[];
  /** The credentials of this moment: asked for at each request. */
  readonly credentials: () => CredentialValues;
  readonly limits: {
    /** Verifications of one standard that may wait. */
    readonly maxQueued: number;
    /** Requests that one caller may make in a minute. */
    readonly requestsPerMinute: number;
    /** Bytes that a body may have. */
    readonly maxRequestBytes: number;
    /** Event streams of this process. @default 1000 */
    readonly maxStreams?: number;
  };
  /** How often event streams look at the record. @default usualPace */
  readonly pace?: Pace;
}

/** The platform's public API, ready to listen. */
export async function createGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const { log, metrics, catalogue, verifications, cache, credentials, limits, pace } = options;
  const { maxQueued, requestsPerMinute, maxRequestBytes, maxStreams } = limits;
  const app = createApp({ log, metrics, maxRequestBytes, readiness: options.readiness });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  guard(app, { credentials, metrics, limits: rateLimits(requestsPerMinute, { store: cache.client }) });
  takeBodies(app, { maxRequestBytes });

  await describeApi(app);
  const record = recordFor(verifications, cache);
  const news = {
    get: verifications.get,
    subscribe: (id: string, onEvent: (event: VerificationEvent) => void) =>
      cache.subscribe(progressChannel(id), VerificationEvent, onEvent),
  };
  tokenRoutes(app, credentials);
  standardRoutes(app, catalogue);
  verificationRoutes(app, { catalogue, record, metrics, maxQueued });
  eventRoutes(app, { record, news, metrics, maxStreams, pace });
  return app;
}
