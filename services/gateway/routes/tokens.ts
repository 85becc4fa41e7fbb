import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { CredentialValues } from "../auth/keys.ts";
import { callerPattern, issueToken, tokenLifetimeSeconds } from "../auth/token.ts";
import { bodyProblems, guardProblems, jsonAnswer, problemAnswers } from "../documentation.ts";
import { problemTypes } from "../problems.ts";

const TokenRequest = z
  .strictObject({
    caller: z
      .string()
      .regex(callerPattern)
      .meta({ description: "Name of the caller: its requests are counted under it" }),
    lifetimeSeconds: z.int().min(1).max(tokenLifetimeSeconds).default(tokenLifetimeSeconds),
  })
  .meta({ id: "TokenRequest", examples: [{ caller: "line-7", lifetimeSeconds: 600 }] });

const Token = z
  .object({
    token: z.string().meta({ description: "JSON Web Token (RFC 7519) for the header Authorization: Bearer" }),
    tokenType: z.literal("Bearer"),
    expiresInSeconds: z.int(),
  })
  .meta({ id: "Token" });

/** `POST /v1/tokens`: who holds the API key gives others access for a while, without giving the key away. */
export function tokenRoutes(app: FastifyInstance, credentials: () => CredentialValues): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/v1/tokens",
    config: { access: "api-key" },
    schema: {
      operationId: "issueToken",
      tags: ["access"],
      summary: "Issue a token",
      description: `A token is valid for ${tokenLifetimeSeconds} s unless less is asked for.`,
      security: [{ apiKey: [] }],
      body: TokenRequest,
      response: {
        200: jsonAnswer("The token", Token),
        ...problemAnswers(...guardProblems, ...bodyProblems, problemTypes.apiKeyRequired),
      },
    },
    handler: async ({ body: { caller, lifetimeSeconds } }) => ({
      token: await issueToken({ caller, lifetimeSeconds }, credentials()),
      tokenType: "Bearer" as const,
      expiresInSeconds: lifetimeSeconds,
    }),
  });
}
