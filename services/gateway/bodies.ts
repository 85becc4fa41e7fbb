import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../runtime/problems.ts";
import { parseBody } from "./json.ts";
import { problemTypes, retryAfter } from "./problems.ts";

/**
 * Bytes of bodies that may be arriving at once, in multiples of the largest one: so much memory strangers can take, at
 * whatever speed they send.
 */
const maxBodies = 16;

/**
 * Takes bodies of uncompressed JSON in UTF-8, so many at once as fit into the memory that is meant for them. The callers
 * have been recognised by then, so nobody else can use it up.
 */
export function takeBodies(
  app: FastifyInstance,
  { maxRequestBytes }: { readonly maxRequestBytes: number },
): void {
  const arriving = new Map<FastifyRequest, number>();
  const bytesArriving = () => [...arriving.values()].reduce((sum, bytes) => sum + bytes, 0);

  app.removeContentTypeParser("application/json");
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_: FastifyRequest, body: Buffer) => parseBody(body),
  );
  app.addHook("preParsing", async (request) => {
    if (!hasBody(request)) return;
    refuseOtherEncodings(request);
    const bytes = Math.min(Number(request.headers["content-length"] ?? maxRequestBytes), maxRequestBytes);
    if (bytesArriving() + bytes > maxBodies * maxRequestBytes)
      throw new Problem(
        problemTypes.tooManyBodies,
        "Other large requests are arriving; try again in a second.",
        {
          headers: retryAfter(1),
        },
      );
    arriving.set(request, bytes);
  });
  const settle = async (request: FastifyRequest) => void arriving.delete(request);
  app.addHook("onResponse", settle);
  app.addHook("onRequestAbort", settle);
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
