import { STATUS_CODES } from "node:http";
import { z } from "zod";

/** A kind of failure that callers can tell apart. */
export interface ProblemType {
  /** Kebab-case name, the end of the URI in `type`. */
  readonly id: string;
  /** HTTP status. */
  readonly status: number;
  /** What every failure of the kind has in common, for people. */
  readonly title: string;
}

/** What every service can answer with; a service has further kinds of its own. */
export const problemTypes = {
  malformedRequest: { id: "malformed-request", status: 400, title: "The request cannot be read" },
  invalidParameter: { id: "invalid-parameter", status: 400, title: "A parameter of the request is wrong" },
  unauthenticated: { id: "unauthenticated", status: 401, title: "The caller is not recognised" },
  notFound: { id: "not-found", status: 404, title: "There is no such thing" },
  methodNotAllowed: { id: "method-not-allowed", status: 405, title: "This address has other methods" },
  requestTimeout: { id: "request-timeout", status: 408, title: "The request took too long to arrive" },
  bodyTooLarge: { id: "body-too-large", status: 413, title: "The body is too large" },
  unsupportedMediaType: { id: "unsupported-media-type", status: 415, title: "The body is not plain JSON" },
  invalidRequest: { id: "invalid-request", status: 422, title: "The body is not what is expected here" },
  headersTooLarge: { id: "headers-too-large", status: 431, title: "The header fields are too large" },
  internalError: { id: "internal-error", status: 500, title: "The service failed" },
  notReady: { id: "not-ready", status: 503, title: "The service is not ready" },
} as const satisfies Readonly<Record<string, ProblemType>>;

/** The `type` of a problem is this and its id: a name, not an address. */
export const problemTypeBase = "urn:iot-verification:problem:";
export const problemMediaType = "application/problem+json";

/** One of several causes of a failure. */
export interface ProblemCause {
  /** Where: a JSON Pointer (RFC 6901) into the body, or into the parameters taken as one object. */
  readonly pointer: string;
  /** What is wrong, and what is allowed. */
  readonly detail: string;
}

/** Problem details (RFC 9457): the body of every answer that says no. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What went wrong this time, and what the caller can do. */
  readonly detail: string;
  /** This failure alone: its request's id, as logs have it. */
  readonly instance?: string;
  readonly errors?: readonly ProblemCause[];
}

/** As a schema, for descriptions of an API. */
export const problemDetails: z.ZodType<ProblemDetails> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

export interface ProblemOptions extends ErrorOptions {
  /** The single causes. @default none, the detail says it all */
  readonly errors?: readonly ProblemCause[];
  /** Header fields of the answer, such as `retry-after`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A failure that the caller is told of as it is: throw it anywhere in the handling of a request. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly type: ProblemType;
  readonly errors: readonly ProblemCause[];
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what went wrong this time and what the caller can do; the caller reads it */
  constructor(type: ProblemType, detail: string, { errors = [], headers = {}, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.type = type;
    this.errors = errors;
    this.headers = headers;
  }

  /** The body of the answer to the request with this id. @param requestId a UUID @default none: there was no request */
  details(requestId?: string): ProblemDetails {
    const { id, status, title } = this.type;
    return {
      type: `${problemTypeBase}${id}`,
      title,
      status,
      detail: this.message,
      ...(requestId !== undefined && { instance: `urn:uuid:${requestId}` }),
      ...(this.errors.length > 0 && { errors: this.errors }),
    };
  }
}

/** What goes wrong inside of the HTTP framework, by the code of its error. https://fastify.dev/docs/latest/Reference/Errors/ */
const frameworkProblems: Readonly<Record<string, { type: ProblemType; detail: string }>> = {
  FST_ERR_BAD_URL: {
    type: problemTypes.malformedRequest,
    detail: "The path has a percent sign that does not begin an encoded character.",
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    type: problemTypes.notFound,
    detail: "A part of the path is longer than any id.",
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    type: problemTypes.unsupportedMediaType,
    detail: "Send JSON with the header field content-type: application/json.",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    type: problemTypes.malformedRequest,
    detail: "The body is not as long as its header field content-length says.",
  },
};

/** The error that a handler, a validator or the framework threw, as a problem; what is not expected tells no internals. */
export function problemOf(error: unknown, { maxRequestBytes }: { maxRequestBytes: number }): Problem {
  if (error instanceof Problem) return error;
  const { code = "", statusCode, validation, validationContext } = error as FrameworkError;
  if (validation) return invalid(validation, validationContext);
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new Problem(problemTypes.bodyTooLarge, `A body may have ${maxRequestBytes} bytes at most.`);
  const known = frameworkProblems[code];
  if (known) return new Problem(known.type, known.detail, { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return plain(statusCode, error as Error);
  return new Problem(
    problemTypes.internalError,
    "An unexpected error occurred; the log has it under this instance.",
    {
      cause: error,
    },
  );
}

/** What errors of the framework have besides. */
interface FrameworkError {
  readonly code?: string;
  readonly statusCode?: number;
  readonly validation?: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string;
}

/** More than anybody reads; a body can be wrong in as many places as it has. */
const maxErrors = 100;

function invalid(validation: NonNullable<FrameworkError["validation"]>, part = "body"): Problem {
  const type = part === "body" ? problemTypes.invalidRequest : problemTypes.invalidParameter;
  const errors = validation.slice(0, maxErrors);
  return new Problem(type, `${type.title}: see errors.`, {
    errors: errors.map(({ instancePath, message = "not valid" }) => ({
      pointer: instancePath,
      detail: message,
    })),
  });
}

/** A refusal that has no kind of its own here. */
function plain(status: number, error: Error): Problem {
  const title = STATUS_CODES[status] ?? "The request was refused";
  const id = title.toLowerCase().replace(/[^a-z]+/g, "-");
  return new Problem({ id, status, title }, error.message, { cause: error });
}
