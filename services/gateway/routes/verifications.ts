import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { Verification, VerificationSummary } from "../../database/verification.ts";
import type { Metrics } from "../../runtime/metrics.ts";
import { Problem } from "../../runtime/problems.ts";
import { currentTraceContext } from "../../runtime/traces.ts";
import type { Catalogue } from "../catalogue.ts";
import { bodyProblems, guardProblems, jsonAnswer, problemAnswers } from "../documentation.ts";
import { problemTypes, retryAfter } from "../problems.ts";
import type { VerificationRecord } from "../record.ts";
import { refuseUnknown, submissionSchema } from "../submission.ts";

export interface VerificationRoutesOptions {
  readonly catalogue: Catalogue;
  readonly record: VerificationRecord;
  readonly metrics: Pick<Metrics<"gateway">, "verifications_submitted_total">;
  /** Verifications of one standard that may wait. */
  readonly maxQueued: number;
}

/** Seconds after which a place in a full queue may be free: a guess, as proofs take from milliseconds to minutes. */
const queueFullSeconds = 15;

/** Where a verification is. */
export const VerificationParams = z.object({ id: z.uuid() });

const limitText = "It is a whole number from 1 to 100 in decimal digits, given once.";

/** Items of a page. Not coerced: that would take `1e1` and `0x10`, too. */
const Limit = z.preprocess(
  (text) => (typeof text === "string" && /^[1-9]\d{0,2}$/.test(text) ? Number(text) : text),
  z.int(limitText).max(100, limitText).min(1, limitText),
);

const VerificationQuery = z.strictObject({
  standard: Verification.shape.standard.optional(),
  status: Verification.shape.status.optional(),
  limit: Limit.prefault(20).meta({ description: "Items of a page" }),
  cursor: z.string().max(500).optional().meta({ description: "`next` of the page before" }),
});

const VerificationPage = z
  .object({
    items: z.array(VerificationSummary),
    next: z.string().optional().meta({ description: "Cursor of the next page, if there is one" }),
  })
  .meta({ id: "VerificationPage", description: "Verifications, newest first" });

/** `POST /v1/verifications`, `GET /v1/verifications` and `GET /v1/verifications/{id}`. */
export function verificationRoutes(app: FastifyInstance, options: VerificationRoutesOptions): void {
  submitRoute(app, options);
  readRoutes(app, options);
}

function submitRoute(
  app: FastifyInstance,
  { catalogue, record, metrics, maxQueued }: VerificationRoutesOptions,
) {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/v1/verifications",
    schema: {
      operationId: "submitVerification",
      tags: ["verifications"],
      summary: "Have a model verified",
      description:
        "An equal submission (RFC 8785) that waits, runs, or has a verdict other than `unknown` is answered with that verification.",
      body: submissionSchema(catalogue),
      response: {
        200: jsonAnswer("An equal submission was there before", Verification),
        202: jsonAnswer("A new verification waits for a worker", Verification),
        ...problemAnswers(
          ...guardProblems,
          ...bodyProblems,
          problemTypes.unknownStandard,
          problemTypes.standardUnavailable,
          problemTypes.unknownProperty,
          problemTypes.queueFull,
          problemTypes.databaseAway,
        ),
      },
    },
    preValidation: async ({ body }) => refuseUnknown(body, catalogue),
    handler: async ({ body }, reply) => {
      const { standard } = body;
      const traceContext = currentTraceContext();
      const submitted = await record.submit(body, {
        maxQueued,
        ...(traceContext && { traceContext: { ...traceContext } }),
      });
      metrics.verifications_submitted_total.inc({ standard, outcome: submitted.outcome });
      if (submitted.outcome === "refused")
        throw new Problem(
          problemTypes.queueFull,
          `${maxQueued} verifications of ${standard} wait; try again later.`,
          {
            headers: retryAfter(queueFullSeconds),
          },
        );
      const { outcome, verification } = submitted;
      reply.header("location", `/v1/verifications/${verification.id}`);
      return reply.code(outcome === "accepted" ? 202 : 200).send(verification);
    },
  });
}

function readRoutes(app: FastifyInstance, { record }: VerificationRoutesOptions) {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/v1/verifications",
    schema: {
      operationId: "listVerifications",
      tags: ["verifications"],
      summary: "List verifications without their results, newest first",
      querystring: VerificationQuery,
      response: {
        200: jsonAnswer("A page of verifications", VerificationPage),
        ...problemAnswers(...guardProblems, problemTypes.invalidParameter, problemTypes.databaseAway),
      },
    },
    handler: async ({ query }) => {
      const { items, next } = await record.list(query);
      return { items: [...items], ...(next !== undefined && { next }) };
    },
  });
  typed.route({
    method: "GET",
    url: "/v1/verifications/:id",
    schema: {
      operationId: "getVerification",
      tags: ["verifications"],
      summary: "Get a verification, with its result once it is finished",
      params: VerificationParams,
      response: {
        200: jsonAnswer("The verification", Verification),
        ...problemAnswers(
          ...guardProblems,
          problemTypes.notFound,
          problemTypes.unknownVerification,
          problemTypes.databaseAway,
        ),
      },
    },
    handler: ({ params: { id } }) => findVerification(record, id),
  });
}

/** @throws Problem `unknown-verification` */
export async function findVerification(
  record: Pick<VerificationRecord, "get">,
  id: string,
): Promise<Verification> {
  const verification = await record.get(id);
  if (!verification) throw new Problem(problemTypes.unknownVerification, `There is no verification ${id}.`);
  return verification;
}
