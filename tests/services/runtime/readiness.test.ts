import { describe, expect, it } from "vitest";
import type { Problem } from "../../../services/runtime/problems.ts";
import { readiness } from "../../../services/runtime/readiness.ts";
import { essence, recordingLog } from "./fixtures.ts";

describe("readiness", () => {
  it("is given while every check passes", async () => {
    const { log, lines } = recordingLog();
    const ready = readiness([{ name: "database", check: async () => 1 }], log);
    await expect(ready()).resolves.toBeUndefined();
    expect(lines).toEqual([]);
  });

  it("names what does not answer, but not why: that is in the log", async () => {
    const { log, lines } = recordingLog();
    const failure = new Error("password authentication failed for user platform");
    const checks = [
      { name: "database", check: () => Promise.reject(failure) },
      { name: "schema", check: async () => {} },
    ];
    const ready = readiness(checks, log);
    const problem = await ready().catch((error: Problem) => error);
    expect(problem).toMatchObject({
      message: "No answer from: database.",
      type: { id: "not-ready", status: 503 },
      headers: { "retry-after": "5" },
      errors: [],
    });
    expect(lines.map(essence)).toEqual([
      {
        level: "warn",
        check: "database",
        err: expect.objectContaining({ message: failure.message }),
        msg: "not ready: database does not answer",
      },
    ]);
  });

  it("asks again when the answer is a second old, and tells each change once", async () => {
    const { log, lines } = recordingLog();
    let time = 0;
    let up = false;
    const check = async () => {
      if (!up) throw new Error("no");
    };
    const ready = readiness([{ name: "database", check }], log, () => time);
    const later = async () => {
      time += 1001;
      return ready().then(
        () => true,
        () => false,
      );
    };
    expect([await later(), await later()]).toEqual([false, false]);
    up = true;
    expect(await ready().catch(() => "as before")).toBe("as before");
    expect([await later(), await later()]).toEqual([true, true]);
    expect(lines.map(({ msg }) => msg)).toEqual([
      "not ready: database does not answer",
      "database answers again",
    ]);
  });

  it("asks once for all who ask at the same time", async () => {
    let asked = 0;
    const check = async () => {
      asked += 1;
    };
    const ready = readiness([{ name: "database", check }], recordingLog().log);
    await Promise.all([ready(), ready(), ready()]);
    expect(asked).toBe(1);
  });

  it("fails when a check throws at once", async () => {
    const check = () => {
      throw new Error("no pool");
    };
    const ready = readiness([{ name: "database", check }], recordingLog().log);
    await expect(ready()).rejects.toThrow("No answer from: database.");
  });
});
