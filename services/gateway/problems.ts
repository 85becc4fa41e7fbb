import { problemTypes as common, type ProblemType } from "../runtime/problems.ts";

/** Every kind of problem that the API answers with. */
export const problemTypes = {
  ...common,
  apiKeyRequired: { id: "api-key-required", status: 403, title: "Only an API key opens this" },
  unknownVerification: { id: "unknown-verification", status: 404, title: "There is no such verification" },
  unknownStandard: { id: "unknown-standard", status: 422, title: "There is no such standard" },
  standardUnavailable: { id: "standard-unavailable", status: 422, title: "The standard is not verified yet" },
  unknownProperty: { id: "unknown-property", status: 422, title: "The standard has no such property" },
  rateLimited: { id: "rate-limited", status: 429, title: "Too many requests" },
  queueFull: { id: "queue-full", status: 429, title: "Too many verifications wait" },
  databaseAway: { id: "database-away", status: 503, title: "The database does not answer" },
  tooManyBodies: { id: "too-many-bodies", status: 503, title: "Too many bodies arrive at once" },
  tooManyStreams: { id: "too-many-streams", status: 503, title: "Too many event streams are open" },
} as const satisfies Readonly<Record<string, ProblemType>>;

/** Header of an answer after which a second try may succeed. */
export function retryAfter(seconds: number): { readonly "retry-after": string } {
  return { "retry-after": String(seconds) };
}
