import { randomUUID } from "node:crypto";
import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from "jose";
import { AuthenticationFailure } from "./failure.ts";
import { acceptedKeys, type CredentialValues, signingKey } from "./keys.ts";

/** Seconds that a token is valid unless less is asked for: also the most that is accepted. */
export const tokenLifetimeSeconds = 3600;

/** Seconds that the clock of another pod may differ from this one's. */
export const leewaySeconds = 30;

/** Names of callers: what a token may carry as its subject. */
export const callerPattern = /^[A-Za-z0-9][A-Za-z0-9._@:-]{0,63}$/;

/** Issuer and audience of the tokens: this API issues them for itself. */
const issuer = "iot-verification";

/** Far more than a token of ours has; a longer one is not worth decoding. */
const maxTokenCharacters = 2048;

/** What a token is to say. */
export interface TokenOptions {
  /** Matches `callerPattern`. */
  readonly caller: string;
  /** At most `tokenLifetimeSeconds`. */
  readonly lifetimeSeconds: number;
}

/** Issues a JSON Web Token (RFC 7519), signed with HMAC-SHA-256. */
export function issueToken(
  { caller, lifetimeSeconds }: TokenOptions,
  values: CredentialValues,
): Promise<string> {
  const key = signingKey(values);
  const issuedAt = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: key.id })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(caller)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .setJti(randomUUID())
    .sign(key.secret);
}

/**
 * Checks a token and tells whose it is.
 *
 * @throws AuthenticationFailure
 */
export async function callerOfToken(token: string, values: CredentialValues): Promise<string> {
  if (token.length > maxTokenCharacters) throw new AuthenticationFailure("malformed");
  const { payload } = await jwtVerify(token, keyFrom(values), {
    algorithms: ["HS256"],
    issuer,
    audience: issuer,
    clockTolerance: leewaySeconds,
    maxTokenAge: tokenLifetimeSeconds,
    requiredClaims: ["sub", "exp", "jti"],
  }).catch((error: unknown) => {
    throw failureOf(error);
  });
  const { sub } = payload;
  if (typeof sub !== "string" || !callerPattern.test(sub)) throw new AuthenticationFailure("wrong-claims");
  return sub;
}

function keyFrom(values: CredentialValues): JWTVerifyGetKey<Uint8Array> {
  return ({ kid }) => {
    const key = acceptedKeys(values).find(({ id }) => id === kid);
    if (!key) throw new AuthenticationFailure("unknown-key");
    return key.secret;
  };
}

/** What callers are told of an error of `jwtVerify`: claims are only ever judged once the signature is right. */
function failureOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new AuthenticationFailure("expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const early = ["nbf", "iat"].includes(error.claim) && error.reason === "check_failed";
    return new AuthenticationFailure(early ? "not-yet-valid" : "wrong-claims");
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new AuthenticationFailure("bad-signature");
  if (error instanceof errors.JOSEError) return new AuthenticationFailure("malformed");
  return error;
}
