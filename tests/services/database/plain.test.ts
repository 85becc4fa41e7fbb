import { describe, expect, it, vi } from "vitest";
import { cursorOf, InvalidCursor, readCursor } from "../../../services/database/cursor.ts";
import { isOutage, Unavailable } from "../../../services/database/database.ts";
import { hashesOf } from "../../../services/database/hashes.ts";
import { throughOutages } from "../../../services/database/outages.ts";
import { Verdict, Verification } from "../../../services/database/verification.ts";

describe("the hashes of a submission", () => {
  const submission = (model: unknown, property = 'a "b"') => ({ standard: "tsn", property, model });

  it("are those of the canonical texts of RFC 8785", () => {
    expect(hashesOf(submission({ b: [true, null], a: 1.0 }))).toEqual({
      // printf '%s' '{"a":1,"b":[true,null]}' | sha256sum
      model: "1cc69c7fa23616ca2ec3ee70d24390a6225c8832db8a4c814c7e0e7f942f8668",
      // printf '%s' '{"model":{"a":1,"b":[true,null]},"property":"a \"b\"","standard":"tsn"}' | sha256sum
      submission: "94ca2d8bc631137ae4de429a2a3ea61f16db830f98fd2fb4d0300211e138715a",
    });
    expect(hashesOf(submission({ a: 1 })).model).not.toBe(hashesOf(submission({ a: "1" })).model);
    expect(hashesOf(submission({}, "p")).submission).not.toBe(hashesOf(submission({}, "q")).submission);
  });

  it("read the model once", () => {
    const toJSON = vi.fn(() => ({ a: 1 }));
    expect(hashesOf(submission({ toJSON }))).toEqual(hashesOf(submission({ a: 1 })));
    expect(toJSON).toHaveBeenCalledTimes(1);
  });

  it("are not there for what is no JSON", () => {
    expect(() => hashesOf(submission(undefined))).toThrow("A submission must be a JSON value.");
  });
});

describe("a cursor", () => {
  const place = { submittedAt: "2026-01-02T03:04:05.678Z", id: "01a207da-d51a-7614-b50c-7d21ab7299c2" };

  it("leads back to its place", () => {
    expect(readCursor(cursorOf(place))).toEqual(place);
  });

  it.each([
    "",
    "x",
    "e30",
    cursorOf({ ...place, id: "' OR 1=1" }),
    cursorOf({ ...place, submittedAt: "0000-01-02T03:04:05.678Z" }),
    cursorOf({ ...place, submittedAt: "2026-02-30T03:04:05.678Z" }),
    cursorOf({ ...place, submittedAt: `2026-01-02T03:04:05.${"9".repeat(200)}Z` }),
  ])("is not anything: %j", (text) => {
    expect(() => readCursor(text)).toThrow(InvalidCursor);
  });
});

describe("an outage", () => {
  const coded = (code: string) => Object.assign(new Error("x"), { code });

  it.each(["ECONNREFUSED", "57P01", "57P03", "57014", "08006", "28P01", "53300", "53100", "40P01", "25006"])(
    "is an error with code %s",
    (code) => {
      expect(isOutage(coded(code))).toBe(true);
    },
  );

  it.each(["23505", "42P01", "22P05", ""])("is no error with code %j", (code) => {
    expect(isOutage(coded(code))).toBe(false);
  });

  it("is waited through, anything else is not", async () => {
    const errors: unknown[] = [coded("57P01"), new Unavailable("x")];
    const seen: unknown[] = [];
    const work = async () => {
      const error = errors.shift();
      if (error) throw error;
      return "done";
    };
    const options = { signal: new AbortController().signal, onOutage: (error: unknown) => seen.push(error) };
    expect(await throughOutages(work, options)).toBe("done");
    expect(seen).toHaveLength(2);
    const wrong = async () => {
      throw coded("23505");
    };
    await expect(throughOutages(wrong, options)).rejects.toMatchObject({ code: "23505" });
  });

  it("is not waited through once the signal says so", async () => {
    const controller = new AbortController();
    const work = async () => {
      controller.abort();
      throw coded("57P01");
    };
    const given = throughOutages(work, { signal: controller.signal, onOutage: () => {} });
    await expect(given).rejects.toMatchObject({ code: "57P01" });
  });
});

describe("the schemas", () => {
  const recheck = { method: "none", detail: "x" };

  it("know the four verdicts, and no other", () => {
    expect(Verdict.safeParse({ verdict: "proved", claim: "x", recheck }).success).toBe(true);
    expect(Verdict.safeParse({ verdict: "proved", claim: "", recheck }).success).toBe(false);
    expect(Verdict.safeParse({ verdict: "unknown", reason: { code: "timeout", detail: "x" } }).success).toBe(
      true,
    );
    expect(Verdict.safeParse({ verdict: "unknown", reason: { code: "tired", detail: "x" } }).success).toBe(
      false,
    );
    expect(Verdict.safeParse({ verdict: "invalid", problems: [] }).success).toBe(false);
    expect(Verdict.safeParse({ verdict: "maybe" }).success).toBe(false);
  });

  it("want a verdict's engine and duration in what is stored", () => {
    const shown = {
      id: "01a207da-d51a-7614-b50c-7d21ab7299c2",
      standard: "tsn",
      property: "p",
      status: "finished",
      submittedAt: "2026-01-02T03:04:05.678Z",
      modelHash: "0".repeat(64),
      result: { verdict: "invalid", problems: [{ pointer: "/a", detail: "x" }] },
    };
    expect(Verification.safeParse(shown).success).toBe(false);
    const run = { engine: { name: "Z3", version: "5.4.1" }, durationMs: 12 };
    expect(Verification.safeParse({ ...shown, result: { ...shown.result, ...run } }).success).toBe(true);
  });
});
