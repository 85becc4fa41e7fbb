import { createHmac } from "node:crypto";

/**
 * Id of a key that signs JSON Web Tokens (RFC 7515, `kid`): the same wherever it is computed, another one for another
 * key, and nothing that tells the key.
 */
export function keyIdOf(key: string): string {
  return createHmac("sha256", key).update("key id").digest("hex").slice(0, 16);
}
