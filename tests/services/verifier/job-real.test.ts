import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

it("leaves the engine the memory that it does not use itself, and no more", async () => {
  const folder = mkdtempSync(join(tmpdir(), "iot-engine-"));
  writeFileSync(join(folder, "z3"), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  vi.stubEnv("PATH", folder);
  const { claim } = (await run({ do: "run-engine", input: "" })) as { claim: string };
  rmSync(folder, { recursive: true });
  const [, mebibytes] = /^-in -T:\d+ -memory:(\d+)$/.exec(claim) ?? [];
  // Of 256 MiB 32 are reserved, and the process has a heap of some MiB.
  expect(Number(mebibytes)).toBeLessThan(224);
  expect(Number(mebibytes)).toBeGreaterThan(128);
});

it("has a verdict of 1 MiB at most", async () => {
  const one = Buffer.byteLength(JSON.stringify(await run({ do: "prove", text: "é" })));
  const fits = `é${"x".repeat(2 ** 20 - one)}`;
  expect(await run({ do: "prove", text: fits })).toMatchObject({ verdict: "proved", claim: fits });
  expect(await run({ do: "prove", text: `${fits}x` })).toEqual({
    verdict: "unknown",
    reason: {
      code: "engine-failed",
      detail: "The verdict takes 1048577 bytes as JSON; at most 1048576 are stored. Verify a smaller model.",
    },
  });
});

it("tells what went wrong in words that the database can hold", async () => {
  const verdict = await run({ do: "throw", text: `a\0b\ud800${"x".repeat(100_000)}` });
  expect(verdict).toMatchObject({ reason: { code: "engine-failed" } });
  const { detail } = (verdict as { reason: { detail: string } }).reason;
  expect(detail).toMatch(/^The verifier failed: Error: a\uFFFDb\uFFFDx+$/);
  expect(detail).toHaveLength(4_000);
});
