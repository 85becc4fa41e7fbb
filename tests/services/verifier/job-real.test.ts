import { dirname } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { runJobProcess } from "../../../services/verifier/job/process.ts";
import { ensureProgram } from "../programs.ts";
import type { FakeModel } from "./fake-program.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const run = (model: FakeModel) =>
  runJobProcess({
    program: "tests/services/verifier/fake-program.ts",
    submission: { property: "fake", model },
    limits: { milliseconds: 30_000, memoryBytes: 2 ** 28 },
    signal: new AbortController().signal,
    onProgress: () => {},
    onEngine: () => () => {},
    onErrors: () => {},
  });

it("has its time, although the clock is set meanwhile", async () => {
  vi.stubEnv("PATH", dirname((await ensureProgram("z3")).z3));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  const verdict = await run({ do: "run-engine", input: "(check-sat)" });
  expect(verdict).toMatchObject({ verdict: "proved", claim: "sat" });
});

it("tells what went wrong in words that the database can hold", async () => {
  const verdict = await run({ do: "throw", text: `a\0b\ud800${"x".repeat(100_000)}` });
  expect(verdict).toMatchObject({ reason: { code: "engine-failed" } });
  const { detail } = (verdict as { reason: { detail: string } }).reason;
  expect(detail).toMatch(/^The verifier failed: Error: a\uFFFDb\uFFFDx+$/);
  expect(detail).toHaveLength(4_000);
});
