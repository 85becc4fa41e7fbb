import { describe, expect, test } from "vitest";
import { verificationCacheSeconds, verificationKey } from "../../../services/database/events.ts";
import { type RecordCache, recordFor } from "../../../services/gateway/record.ts";
import { submission } from "./fixtures.ts";
import { recordInMemory } from "./rig.ts";

function cacheInMemory() {
  const kept = new Map<string, { value: unknown; seconds: number }>();
  const cache: RecordCache = {
    get: async (key, form) => {
      const found = kept.get(key);
      return found && form.parse(found.value);
    },
    set: async (key, value, { seconds }) => void kept.set(key, { value, seconds }),
  };
  return { cache, kept };
}

describe("the record", () => {
  test("keeps a finished verification in the cache, and no other", async () => {
    const { record, finish, failWith } = recordInMemory();
    const { cache, kept } = cacheInMemory();
    const cached = recordFor(record, cache);
    const submitted = await cached.submit({ ...submission(), standard: "tsn" }, { maxQueued: 1 });
    if (submitted.outcome === "refused") throw new Error("refused");
    const { id } = submitted.verification;
    expect((await cached.get(id))?.status).toBe("queued");
    expect(kept.size).toBe(0);
    finish(id);
    const finished = await cached.get(id);
    expect(finished?.status).toBe("finished");
    expect([...kept]).toEqual([
      [verificationKey(id), { value: finished, seconds: verificationCacheSeconds }],
    ]);
    failWith(new Error("away"));
    expect(await cached.get(id)).toEqual(finished);
  });
});
