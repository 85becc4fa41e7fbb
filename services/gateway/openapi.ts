import swagger, { type SwaggerTransformObject } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { version } from "../runtime/lifecycle.ts";
import { apiKeyHeader } from "./auth/authenticate.ts";

const paths = { openapi: "/openapi.json" } as const;

const description = `Formal verification of IoT systems: submit a model and a property, get a proof, a counterexample, or
the reason why there is neither. Ask \`GET /v1/standards\` what can be verified. Every refusal is a problem (RFC 9457).`;

const headers = {
  location: { description: "Path of the verification", schema: { type: "string" } },
  retryAfter: { description: "Seconds until a second try may succeed", schema: { type: "integer" } },
  authenticate: { description: "How to authenticate (RFC 6750)", schema: { type: "string" } },
  policy: { description: "Requests (q) of a caller in a window of seconds (w)", schema: { type: "string" } },
  remaining: {
    description: "Requests left (r), and seconds until the window ends (t)",
    schema: { type: "string" },
  },
} as const;

/** Header fields of answers, by status: they do not depend on the route. */
const headersOfStatus: Readonly<Record<string, object>> = {
  401: { "WWW-Authenticate": headers.authenticate },
  429: { "Retry-After": headers.retryAfter },
  503: { "Retry-After": headers.retryAfter },
};

/** Makes the OpenAPI document from the schemas that validate, and serves it to everybody. Register it before the routes. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.1",
      info: {
        title: "IoT verification",
        version,
        description,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      security: [{ apiKey: [] }, { token: [] }],
      tags: [
        { name: "verifications", description: "Submit models and get verdicts" },
        { name: "standards", description: "What can be verified, and how to submit it" },
        { name: "access", description: "Tokens for those who do not have the API key" },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: "apiKey", in: "header", name: apiKeyHeader, description: "The platform's API key" },
          token: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "From `POST /v1/tokens`",
          },
        },
      },
    },
    hideUntagged: true,
    transform: createJsonSchemaTransform({}),
    transformObject: complete,
  });
  let document: string | undefined;
  app.get(paths.openapi, { config: { open: true } }, (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.type("application/json").send(document);
  });
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { headers?: object }>>;
}

/** Adds what the routes' schemas cannot say, and leaves out what nothing refers to. */
const complete: SwaggerTransformObject = (given) => {
  const document = jsonSchemaTransformObject(given) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { schemas: Record<string, object> };
  };
  for (const { operationId, responses } of Object.values(document.paths).flatMap((path) =>
    Object.values(path),
  ))
    for (const [status, response] of Object.entries(responses))
      response.headers = {
        ...headersOfStatus[status],
        ...(operationId === "submitVerification" && status < "3" && { Location: headers.location }),
        ...(status !== "401" && { "RateLimit-Policy": headers.policy, RateLimit: headers.remaining }),
      };
  const { schemas } = document.components;
  const used = reachable(document.paths, schemas);
  document.components.schemas = Object.fromEntries(
    Object.entries(schemas).filter(([name]) => used.has(name)),
  );
  return document as ReturnType<SwaggerTransformObject>;
};

/** Names of the schemas that a part of the document refers to, directly or through others. */
function reachable(part: unknown, schemas: Readonly<Record<string, object>>): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown) => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"/]+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      visit(schemas[name] ?? {});
    }
  };
  visit(part);
  return names;
}
