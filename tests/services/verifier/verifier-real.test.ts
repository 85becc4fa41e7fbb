import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { progressChannel, verificationKey } from "../../../services/database/events.ts";
import { hard } from "./faults.ts";
import { eventsOf, metricsToken, type Platform, startPlatform, type Verifier } from "./platform.ts";

let platform: Platform;
let verifier: Verifier;

beforeAll(async () => {
  platform = await startPlatform();
  expect(await platform.migrate().ended).toBe(0);
  verifier = await platform.startVerifier({ VERIFICATION_TIMEOUT: "5", RESOURCE_LIMITS_MEMORY: "512Mi" });
});

afterAll(() => platform.remove());

const engine = { name: "Z3", version: "5.4.1" };

async function reasonOf(...[model]: Parameters<Platform["submit"]>) {
  const { result } = await platform.finished(await platform.submit(model));
  return result?.verdict === "unknown" ? result.reason : result;
}

describe("a verifier", () => {
  it("stores the verdict of its module", async () => {
    const done = await platform.finished(await platform.submit({ do: "prove", text: "It holds." }));
    expect(done).toEqual({
      id: done.id,
      standard: "tsn",
      property: "fake",
      status: "finished",
      submittedAt: expect.any(String),
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
      modelHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      result: {
        verdict: "proved",
        claim: "It holds.",
        recheck: { method: "none", detail: "A fake." },
        engine,
        durationMs: expect.any(Number),
      },
    });
  });

  it("gives the engine its input and the module the engine's answer", async () => {
    const input = "(declare-const x Int)(assert (> x x))(check-sat)";
    const { result } = await platform.finished(await platform.submit({ do: "run-engine", input }));
    expect(result).toMatchObject({ verdict: "proved", claim: "unsat" });
  });

  it("caches what is finished, and tells how far it is", async () => {
    const file = `${platform.dir}/go-on`;
    const id = await platform.submit({ do: "await-file", file });
    await using events = await eventsOf(platform.redis, progressChannel(id));
    writeFileSync(file, "");
    const done = await platform.finished(id);
    await vi.waitUntil(() => events.received.some((event) => event.status === "finished"), 5000);
    expect(events.received.map(({ type, phase, status }) => [type, phase ?? status])).toContainEqual([
      "status",
      "finished",
    ]);
    expect(JSON.parse(await platform.redis.command("GET", verificationKey(id)))).toEqual(done);
  });
});

describe("the limits of a job", () => {
  const timeHelp = "A verification may take 5 s: verify a smaller model, or raise verificationTimeout.";
  const memoryHelp =
    "A verification may use 256 MiB, with its engine: verify a smaller model, raise resourceLimitsMemory, " +
    "or lower maxConcurrentVerifications, which share it.";

  it("end an engine, and a computation that never looks up, at the time limit", async () => {
    const reasons = [reasonOf({ do: "run-engine", input: hard }), reasonOf({ do: "compute" })];
    expect(await Promise.all(reasons)).toEqual([
      { code: "timeout", detail: `Z3 did not finish within the time limit. ${timeHelp}` },
      { code: "timeout", detail: `The verification reached its time limit. ${timeHelp}` },
    ]);
  });

  it.each(["heap", "buffers"] as const)("end a job that takes too much memory: %s", async (kind) => {
    expect(await reasonOf({ do: "take-memory", kind })).toEqual({
      code: "memory",
      detail: `The verification reached its memory limit. ${memoryHelp}`,
    });
  });

  it("end an engine that takes too much memory", async () => {
    const variables = Array.from({ length: 400_000 }, (_, i) => `(declare-const v${i} Int)`).join("");
    const clauses = Array.from({ length: 399_999 }, (_, i) => `(assert (< v${i} (* 3 v${i + 1})))`).join("");
    const input = `${variables}${clauses}(check-sat)`;
    const { code, detail } = (await reasonOf({ do: "run-engine", input })) as Record<string, string>;
    expect(code).toBe("memory");
    // Both keep watch: the engine over itself, the worker over all of the job.
    expect([
      `Z3 reached the memory limit. ${memoryHelp}`,
      `The verification reached its memory limit. ${memoryHelp}`,
    ]).toContain(detail);
  });
});

describe("a job that fails", () => {
  it("by itself is no lost worker: one attempt, and its last words", async () => {
    const reason = await reasonOf({ do: "crash" });
    expect(reason).toEqual({
      code: "engine-failed",
      detail:
        "The process of the verification ended by itself (signal SIGSEGV). Its last message: about to crash",
    });
    expect(await platform.postgresql.sql("SELECT max(attempt) FROM platform.verifications")).toBe("1");
  });

  it("by an error says which", async () => {
    expect(await reasonOf({ do: "throw", text: "no such gate" })).toEqual({
      code: "engine-failed",
      detail: "The verifier failed: Error: no such gate",
    });
  });

  it("by an engine that rejects its input says what the engine says", async () => {
    expect(await reasonOf({ do: "run-engine", input: "(assert nonsense)(check-sat)" })).toEqual({
      code: "engine-failed",
      detail: 'Z3 reports (error "line 1 column 9: unknown constant nonsense")',
    });
  });

  it("by a verdict that the database cannot hold says so", async () => {
    expect(await reasonOf({ do: "prove", text: "nul" })).toEqual({
      code: "engine-failed",
      detail: expect.stringMatching(
        /^The verdict cannot be stored: error: unsupported Unicode escape sequence/,
      ),
    });
  });
});

describe("the service", () => {
  it("leaves no process behind", async () => {
    await vi.waitUntil(() => childrenOf(verifier.process.pid ?? 0).length === 0, 5_000);
  });

  it("is ready, and serves what it has counted", async () => {
    expect((await fetch(`${verifier.http}/ready`)).status).toBe(200);
    const response = await fetch(verifier.metrics, { headers: { authorization: `Bearer ${metricsToken}` } });
    const samples = (await response.text()).split("\n");
    for (const sample of [
      'engine_version_matches{engine="z3"} 1',
      'engine_runs_total{engine="z3",outcome="timeout"} 1',
      'engine_runs_total{engine="z3",outcome="memory"} 1',
      'verifications_running{standard="tsn"} 0',
      'database_pool_connections{state="waiting"} 0',
      "cache_up 1",
    ]) {
      expect(samples.find((line) => line === `iot_verification_${sample}`)).toBe(
        `iot_verification_${sample}`,
      );
    }
  });

  it("is not ready, and takes nothing, with another version of the engine", async () => {
    const other = await platform.spawnVerifier({ Z3_VERSION: "4.13.0" });
    await other.logged("started");
    const response = await fetch(`${other.http}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      detail: "No answer from: Z3 4.13.0 (Z3_VERSION): the image carries 5.4.1.",
    });
    expect(other.lines.some(({ msg }) => msg === "taking verifications")).toBe(false);
    other.process.kill("SIGTERM");
    expect(await other.ended).toBe(0);
  });

  it.each([
    [{ STANDARD: "opcua" }, 'STANDARD is "opcua", but this program verifies "tsn"'],
    [
      { MAX_CONCURRENT_VERIFICATIONS: "16" },
      "could use 64 MiB of memory (RESOURCE_LIMITS_MEMORY / MAX_CONCURRENT_VERIFICATIONS), but needs at least 96 MiB",
    ],
  ])("does not start with %j", async (settings, reason) => {
    const other = await platform.spawnVerifier(settings);
    expect(await other.ended).toBe(1);
    expect(other.lines.find(({ level }) => level === "fatal")).toMatchObject({
      msg: "could not start",
      err: { message: expect.stringContaining(reason) },
    });
  });
});

function childrenOf(pid: number): string[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, "utf8").split(" ").filter(Boolean) : [];
}
