/** Hashes that tell whether two submissions ask the same. */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** SHA-256 of canonical JSON (RFC 8785), in lower-case hexadecimal digits. */
export interface Hashes {
  /** Hash of the object of `model`, `property` and `standard`. */
  readonly submission: string;
  /** Hash of the model alone. */
  readonly model: string;
}

/** The hashes of a submission. The model, which may be large, is brought into its canonical form once for both. */
export function hashesOf(submission: {
  readonly standard: string;
  readonly property: string;
  readonly model: unknown;
}): Hashes {
  const model = canonicalText(submission.model);
  const [property, standard] = [canonicalText(submission.property), canonicalText(submission.standard)];
  // The canonical order of names is the alphabetical one.
  return {
    submission: sha256(`{"model":${model},"property":${property},"standard":${standard}}`),
    model: sha256(model),
  };
}

/** The canonical JSON text of a value: order of keys and spelling of numbers do not matter. */
function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("A submission must be a JSON value.");
  return text;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
