import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isAccepted } from "../../runtime/credentials.ts";
import { AuthenticationFailure } from "./failure.ts";
import type { CredentialValues } from "./keys.ts";
import { callerOfToken } from "./token.ts";

/** Who makes a request. */
export interface Caller {
  readonly method: "api-key" | "token";
  /** Under which the caller's requests are counted: tells nothing of the key. */
  readonly id: string;
}

/** The header that carries an API key, in lower case. */
export const apiKeyHeader = "x-api-key";

/**
 * Recognises the caller by the API key or the token that the request carries.
 *
 * @throws AuthenticationFailure
 */
export async function authenticate(headers: IncomingHttpHeaders, values: CredentialValues): Promise<Caller> {
  const apiKey = headers[apiKeyHeader];
  const { authorization } = headers;
  if (apiKey !== undefined && authorization !== undefined) throw new AuthenticationFailure("ambiguous");
  if (apiKey !== undefined) return callerOfApiKey(String(apiKey), values);
  if (authorization === undefined) throw new AuthenticationFailure("missing");
  const token = /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw new AuthenticationFailure("malformed");
  return { method: "token", id: `token:${await callerOfToken(token, values)}` };
}

function callerOfApiKey(presented: string, { apiKey, previousApiKey }: CredentialValues): Caller {
  if (!isAccepted(presented, [apiKey, previousApiKey])) throw new AuthenticationFailure("unknown-api-key");
  return {
    method: "api-key",
    id: `api-key:${createHash("sha256").update(presented).digest("hex").slice(0, 32)}`,
  };
}
