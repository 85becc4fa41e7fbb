import { keyIdOf } from "../../../components/contract/key-id.ts";
import { readCredential, readOptionalCredential } from "../../runtime/credentials.ts";

/** What is in the files of the gateway's credentials at one moment; undefined where there is no such file. */
export interface CredentialValues {
  readonly apiKey: string;
  readonly previousApiKey: string | undefined;
  readonly jwtSecret: string;
  readonly previousJwtSecret: string | undefined;
  readonly signingKeyId: string | undefined;
}

/**
 * Reads the files. They change in place when a credential is rotated, so this is called for each request.
 *
 * @throws CredentialError
 */
export function readCredentialValues(): CredentialValues {
  return {
    apiKey: readCredential("gateway", "api-key"),
    previousApiKey: readOptionalCredential("gateway", "previous-api-key"),
    jwtSecret: readCredential("gateway", "jwt-secret"),
    previousJwtSecret: readOptionalCredential("gateway", "previous-jwt-secret"),
    signingKeyId: readOptionalCredential("signing", "signing-key-id"),
  };
}

/** A key that signs tokens, or checks them. */
export interface TokenKey {
  /** Goes into the header `kid` of a token. */
  readonly id: string;
  readonly secret: Uint8Array;
}

/** The keys whose tokens are accepted: the current one, then the one before it, if any. */
export function acceptedKeys({ jwtSecret, previousJwtSecret }: CredentialValues): [TokenKey, ...TokenKey[]] {
  const current = tokenKeyOf(jwtSecret);
  return previousJwtSecret === undefined ? [current] : [current, tokenKeyOf(previousJwtSecret)];
}

/**
 * The key to sign with: one that every pod of the gateway accepts. While a rotation rolls out, some pods do not know the
 * new key yet, so the key before it signs until the deployment, once it is complete, names another.
 */
export function signingKey(values: CredentialValues): TokenKey {
  const accepted = acceptedKeys(values);
  const [current, previous] = accepted;
  return accepted.find(({ id }) => id === values.signingKeyId) ?? previous ?? current;
}

function tokenKeyOf(secret: string): TokenKey {
  return { id: keyIdOf(secret), secret: new TextEncoder().encode(secret) };
}
