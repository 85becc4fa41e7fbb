import { InvalidCursor } from "../database/cursor.ts";
import { isOutage } from "../database/database.ts";
import { verificationCacheSeconds, verificationKey } from "../database/events.ts";
import { Verification } from "../database/verification.ts";
import type { Verifications } from "../database/verifications.ts";
import type { Cache } from "../runtime/cache.ts";
import { Problem } from "../runtime/problems.ts";
import { problemTypes, retryAfter } from "./problems.ts";

/** What the gateway does with the record of verifications. */
export type VerificationRecord = Pick<Verifications, "submit" | "get" | "list">;

/** What the gateway uses of the cache. */
export type RecordCache = Pick<Cache, "get" | "set">;

/**
 * The record as routes use it: finished verifications, which never change, come from the cache if it has them, and
 * failures that callers can do something about are problems.
 */
export function recordFor(verifications: VerificationRecord, cache: RecordCache): VerificationRecord {
  return {
    submit: (submission, options) => telling(verifications.submit(submission, options)),
    list: (options) => telling(verifications.list(options)),
    get: async (id) => {
      const cached = await cache.get(verificationKey(id), Verification);
      if (cached) return cached;
      const verification = await telling(verifications.get(id));
      if (verification?.status === "finished")
        await cache.set(verificationKey(id), verification, { seconds: verificationCacheSeconds });
      return verification;
    },
  };
}

async function telling<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof InvalidCursor) throw invalidCursor(cause.message);
    if (isOutage(cause))
      throw new Problem(
        problemTypes.databaseAway,
        "Nothing was changed or lost; try again in a few seconds.",
        {
          headers: retryAfter(5),
          cause,
        },
      );
    throw cause;
  }
}

function invalidCursor(detail: string): Problem {
  return new Problem(problemTypes.invalidParameter, "Correct the parameters that `errors` names.", {
    errors: [{ pointer: "/cursor", detail }],
  });
}
