/** Hashes that tell whether two submissions ask the same. */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** The canonical JSON text of a value: RFC 8785, so that order of keys and spelling of numbers do not matter. */
function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("A submission must be a JSON value.");
  return text;
}

/** SHA-256 of the canonical JSON of a value, in lower-case hexadecimal digits. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalText(value)).digest("hex");
}
