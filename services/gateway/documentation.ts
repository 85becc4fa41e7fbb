import type { z } from "zod";
import { type ProblemType, problemDetails, problemMediaType } from "../runtime/problems.ts";
import { problemTypes } from "./problems.ts";

/** The schema of every problem's answer. */
const ProblemDetails = problemDetails.meta({
  id: "ProblemDetails",
  description:
    "A problem (RFC 9457). The pointers of `errors` are JSON Pointers (RFC 6901) into the body, or into the parameters taken as one object.",
});

/** What every route that is not open to everybody can answer. */
export const guardProblems = [
  problemTypes.unauthenticated,
  problemTypes.rateLimited,
  problemTypes.internalError,
] as const;

/** What every route that takes a body can answer besides. */
export const bodyProblems = [
  problemTypes.malformedRequest,
  problemTypes.requestTimeout,
  problemTypes.bodyTooLarge,
  problemTypes.unsupportedMediaType,
  problemTypes.invalidRequest,
  problemTypes.tooManyBodies,
] as const;

/** An answer of a route that is as it should be, as Fastify takes it. */
export function jsonAnswer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}

/** The answers of a route that are problems, by status, as Fastify takes them. */
export function problemAnswers(...types: readonly ProblemType[]) {
  const byStatus = Map.groupBy(new Set(types), ({ status }) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map(({ id, title }) => `\`${id}\`: ${title}`).join(". "),
        content: { [problemMediaType]: { schema: ProblemDetails } },
      },
    ]),
  );
}
