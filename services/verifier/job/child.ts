/** The process of one job: it verifies one submission and ends. It is the leader of its process group. */
import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { Verdict } from "../../database/verification.ts";
import { type EngineCall, EngineError, type StandardModule } from "../standard.ts";
import { runEngine } from "./engine.ts";
import { guardLifeline } from "./lifeline.ts";
import {
  type EngineOutcome,
  type JobMessage,
  type JobRequest,
  maxVerdictBytes,
  monotonicNow,
} from "./protocol.ts";

/** Part of the memory that stays for what neither the heap of this process nor the engine counts. */
const reservedBytes = 32 * 2 ** 20;

/** Verifies what the worker sends, and ends. Without the worker it ends at once, and its engine too. */
export async function runJob(module: StandardModule): Promise<void> {
  guardLifeline();
  yieldToOthers();
  const { promise, resolve } = Promise.withResolvers<JobRequest>();
  process.once("message", (message) => resolve(message as JobRequest));
  const outcome = await outcomeOf(module, await promise);
  process.send?.(outcome, () => process.exit(0));
}

/** The service goes first: for the CPU, and when the kernel has to end a process. Engines inherit both. */
function yieldToOthers(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // Not every kernel has it, and the limits hold without it.
  }
}

async function outcomeOf(module: StandardModule, request: JobRequest): Promise<JobMessage> {
  const { property, model } = request;
  const left = Math.max(0, request.deadline - monotonicNow());
  const signal = AbortSignal.timeout(left);
  try {
    const verdict = await module.verify(
      { property, model },
      {
        runEngine: (call) => runAndReport(call, request, signal),
        progress: (update) => tell({ type: "progress", ...update }),
        deadline: Date.now() + left,
        signal,
      },
    );
    return bounded(verdict);
  } catch (error) {
    return failureOf(error, signal);
  }
}

let runs = 0;

async function runAndReport(
  call: EngineCall,
  { deadline, memoryBytes }: JobRequest,
  signal: AbortSignal,
): Promise<{ stdout: string }> {
  const run = ++runs;
  const ended = (outcome: EngineOutcome) => tell({ type: "engine-ended", run, outcome });
  tell({ type: "engine-started", run, engine: call.engine });
  // What this process does not use itself is the engine's.
  const left = memoryBytes - reservedBytes - process.memoryUsage().heapUsed;
  try {
    const answer = await runEngine(call, { deadline, memoryBytes: left, signal });
    ended("completed");
    return answer;
  } catch (error) {
    ended(error instanceof EngineError ? error.code : "failed");
    throw error;
  }
}

function failureOf(error: unknown, signal: AbortSignal): JobMessage {
  if (error instanceof EngineError && error.code !== "failed") {
    return { type: "failure", code: error.code, detail: error.message };
  }
  if (signal.aborted) return { type: "failure", code: "timeout", detail: "The time limit was reached." };
  const detail = error instanceof EngineError ? error.message : `The verifier failed: ${String(error)}`;
  if (!(error instanceof EngineError)) console.error(error);
  return { type: "failure", code: "engine-failed", detail };
}

function bounded(verdict: Verdict): JobMessage {
  const bytes = Buffer.byteLength(JSON.stringify(verdict));
  if (bytes <= maxVerdictBytes) return { type: "verdict", verdict };
  const detail = `The verdict takes ${bytes} bytes as JSON; at most ${maxVerdictBytes} are stored. Verify a smaller model.`;
  return { type: "failure", code: "engine-failed", detail };
}

function tell(message: JobMessage): void {
  process.send?.(message);
}
