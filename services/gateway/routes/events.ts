import { finished, Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { ProgressEvent } from "../../database/events.ts";
import { Verification } from "../../database/verification.ts";
import type { Metrics } from "../../runtime/metrics.ts";
import { Problem } from "../../runtime/problems.ts";
import { guardProblems, problemAnswers } from "../documentation.ts";
import { follow, type News, type Pace, usualPace } from "../follow.ts";
import { problemTypes, retryAfter } from "../problems.ts";
import type { VerificationRecord } from "../record.ts";
import { findVerification, VerificationParams } from "./verifications.ts";

export interface EventRoutesOptions {
  readonly record: Pick<VerificationRecord, "get">;
  readonly news: News;
  readonly metrics: Pick<Metrics<"gateway">, "event_streams_open">;
  /** Streams that may be open at once in this process. @default 1000 */
  readonly maxStreams?: number;
  /** @default usualPace */
  readonly pace?: Pace;
}

/** The events, each as an object: `data` is JSON text on the wire. */
const VerificationEvents: z.ZodType<unknown> = z
  .union([
    z.object({ event: z.literal("status"), data: Verification.omit({ result: true }) }),
    z.object({ event: z.literal("progress"), data: ProgressEvent.omit({ type: true }) }),
    z.object({ event: z.literal("finished"), data: Verification }),
  ])
  .meta({ id: "VerificationEvents" });

/** `GET /v1/verifications/{id}/events`. */
export function eventRoutes(app: FastifyInstance, options: EventRoutesOptions): void {
  const { record, news, metrics, maxStreams = 1_000, pace = usualPace } = options;
  const stopping = new AbortController();
  let open = 0;

  // Before connections are closed, or the open streams would keep the process from ending.
  app.addHook("preClose", async () => stopping.abort());

  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/v1/verifications/:id/events",
    config: { stream: true },
    exposeHeadRoute: false,
    schema: {
      operationId: "followVerification",
      tags: ["verifications"],
      summary: "Follow a verification",
      description:
        "Server-sent events: `status` at first and at each change, `progress` in between (some may be missing), `finished` last; then the stream ends. Comments keep it alive. It may be opened at any time, and again after it broke.",
      params: VerificationParams,
      response: {
        200: {
          description: "The events until the verification is finished",
          content: { "text/event-stream": { schema: VerificationEvents } },
        },
        ...problemAnswers(
          ...guardProblems,
          problemTypes.notFound,
          problemTypes.unknownVerification,
          problemTypes.databaseAway,
          problemTypes.tooManyStreams,
        ),
      },
    },
    handler: async ({ params: { id } }, reply) => {
      if (open >= maxStreams)
        throw new Problem(
          problemTypes.tooManyStreams,
          `${maxStreams} streams are open; ask for the record instead.`,
          {
            headers: retryAfter(5),
          },
        );
      const count = (change: 1 | -1) => {
        open += change;
        metrics.event_streams_open.set(open);
      };
      count(1);
      const disconnected = new AbortController();
      finished(reply.raw, () => {
        disconnected.abort();
        count(-1);
      });
      const first = await findVerification(record, id);
      const endings = { disconnected: disconnected.signal, stopping: stopping.signal };
      // Nothing else is to come on this connection, so that it ends with the stream when the process is to end.
      reply.headers({ "content-type": "text/event-stream", connection: "close", "x-accel-buffering": "no" });
      return reply.send(Readable.from(follow(first, news, endings, pace)));
    },
  });
}
