/** Runs a job in a process of its own, seen from the worker: starts it, holds it to its limits, and ends it. */
import { type ChildProcess, fork } from "node:child_process";
import { z } from "zod";
import type { UnknownCode, Verdict } from "../../database/verification.ts";
import type { EngineName } from "../engines.ts";
import type { Progress, Submission } from "../standard.ts";
import { groupMemory } from "./group-memory.ts";
import { type EngineOutcome, JobMessage, type JobRequest, jobArgument, monotonicNow } from "./protocol.ts";
import { Tail } from "./tail.ts";

export interface JobLimits {
  /** Milliseconds from now until the verification ends as unknown. */
  readonly milliseconds: number;
  /** Memory of the job's process and its engine together. */
  readonly memoryBytes: number;
}

export interface JobOptions {
  readonly submission: Submission;
  readonly limits: JobLimits;
  /** Ends the job at once. */
  readonly signal: AbortSignal;
  readonly onProgress: (update: Progress) => void;
  /** Told of the start of an engine; what it returns is told of its end. */
  readonly onEngine: (engine: EngineName) => (outcome: EngineOutcome) => void;
  /** Given what the process wrote to its standard error, at its end and only if there is anything. */
  readonly onErrors: (text: string) => void;
  /** File of the program that becomes the job's process. @default the program of this process */
  readonly program?: string;
}

/** Milliseconds between two looks at the memory of a job. */
const memoryCheckInterval = 200;
/** Milliseconds that a job has, beyond its time limit, to say itself that it was reached. */
const timeoutGrace = 2_000;
/** Characters of the words that say why there is no answer. */
const maxDetail = 4_000;

/**
 * The verdict of a job. A job that fails, whatever the way, has the verdict `unknown`; undefined only if it was ended by
 * the signal.
 */
export async function runJobProcess(options: JobOptions): Promise<Verdict | undefined> {
  const { limits, signal } = options;
  if (signal.aborted) return undefined;
  const child = start(options);
  const state: State = { child, errors: new Tail(), engines: new Map() };
  const stop = (verdict?: Verdict) => {
    state.stopped ??= { verdict };
    killGroup(child);
  };
  const onAbort = () => stop();
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(
    () => stop(limitVerdict("timeout", "The verification reached its time limit.", limits)),
    limits.milliseconds + timeoutGrace,
  );
  const watch = setInterval(() => {
    if (child.pid && groupMemory(child.pid) > limits.memoryBytes) stop(outOfMemory(limits));
  }, memoryCheckInterval);
  try {
    return await verdictOf(state, options);
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
    signal.removeEventListener("abort", onAbort);
    killGroup(child);
    for (const ended of state.engines.values()) ended(endOfEngines(state.stopped?.verdict));
    const errors = state.errors.text();
    if (errors !== "") options.onErrors(errors);
  }
}

interface State {
  readonly child: ChildProcess;
  readonly errors: Tail;
  /** Who is told of the end of the engines that run, by the number of the run. */
  readonly engines: Map<number, (outcome: EngineOutcome) => void>;
  /** Set when the job was ended from here. */
  stopped?: { readonly verdict?: Verdict | undefined };
}

function start({ limits, program = process.argv[1] ?? "" }: JobOptions): ChildProcess {
  const heapMebibytes = Math.max(16, Math.floor((limits.memoryBytes * 3) / 4 / 2 ** 20));
  return fork(program, [jobArgument], {
    // A process group of its own, which can be killed as a whole.
    detached: true,
    execArgv: [`--max-old-space-size=${heapMebibytes}`],
    // No settings and no credentials: it needs neither the database nor the cache.
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe", "ipc", "pipe"],
  });
}

/** Ends the job and its engines, also those that outlive it. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The whole group has ended already.
  }
}

async function verdictOf(state: State, options: JobOptions): Promise<Verdict | undefined> {
  const { child, errors } = state;
  const { promise, resolve } = Promise.withResolvers<Verdict | undefined>();
  const end = (verdict: Verdict | undefined) => resolve(state.stopped ? state.stopped.verdict : verdict);
  child.stderr?.on("data", (chunk: Buffer) => errors.add(chunk));
  child.on("error", (error) =>
    end(failed(`The process of the verification could not be started: ${error.message}`)),
  );
  child.on("message", (raw) => {
    const verdict = receive(raw, state, options);
    if (verdict) end(verdict);
  });
  child.on("close", (code, signal) =>
    end(diedVerdict({ code, signal, errors: errors.text(), limits: options.limits })),
  );
  const { property, model } = options.submission;
  const { milliseconds, memoryBytes } = options.limits;
  const request: JobRequest = { property, model, deadline: monotonicNow() + milliseconds, memoryBytes };
  // Absent when the process could not be started; the event says so.
  child.send?.(request, (error) => error && child.exitCode === null && killGroup(child));
  return promise;
}

/** Handles one message of the job; the verdict, if it is that. */
function receive(raw: unknown, { engines }: State, options: JobOptions): Verdict | undefined {
  const parsed = JobMessage.safeParse(raw);
  if (!parsed.success) {
    return failed(`The verifier gave an answer that has no meaning: ${z.prettifyError(parsed.error)}`);
  }
  const message = parsed.data;
  switch (message.type) {
    case "progress": {
      const { type: _, ...update } = message;
      options.onProgress(update);
      return undefined;
    }
    case "engine-started":
      engines.set(message.run, options.onEngine(message.engine));
      return undefined;
    case "engine-ended":
      engines.get(message.run)?.(message.outcome);
      engines.delete(message.run);
      return undefined;
    case "verdict":
      return message.verdict;
    case "failure":
      return message.code === "engine-failed"
        ? failed(message.detail)
        : limitVerdict(message.code, message.detail, options.limits);
  }
}

/** How engines ended that were ended with their job. */
function endOfEngines(verdict: Verdict | undefined): EngineOutcome {
  const code = verdict?.verdict === "unknown" ? verdict.reason.code : undefined;
  return code === "timeout" || code === "memory" ? code : "failed";
}

interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
  readonly limits: JobLimits;
}

function diedVerdict({ code, signal, errors, limits }: Death): Verdict {
  if (/heap out of memory|Reached heap limit/.test(errors)) return outOfMemory(limits);
  if (signal === "SIGKILL") {
    const what = "The kernel ended the process of the verification: most likely there was no memory left.";
    return limitVerdict("memory", what, limits);
  }
  const how = signal ? `signal ${signal}` : `exit code ${code}`;
  const words = errors.trim() === "" ? "" : ` Its last message: ${errors.trim().slice(-2000)}`;
  return failed(`The process of the verification ended by itself (${how}).${words}`);
}

function outOfMemory(limits: JobLimits): Verdict {
  return limitVerdict("memory", "The verification reached its memory limit.", limits);
}

/** What reached which limit, and what may help: a smaller model, or other settings of the platform. */
function limitVerdict(code: keyof typeof limitTexts, what: string, limits: JobLimits): Verdict {
  return unknown(code, `${what} ${limitTexts[code](limits)}`);
}

const limitTexts = {
  timeout: ({ milliseconds }: JobLimits) =>
    `A verification may take ${milliseconds / 1000} s: verify a smaller model, or raise verificationTimeout.`,
  memory: ({ memoryBytes }: JobLimits) =>
    `A verification may use ${Math.floor(memoryBytes / 2 ** 20)} MiB, with its engine: verify a smaller model, raise ` +
    "resourceLimitsMemory, or lower maxConcurrentVerifications, which share it.",
};

function failed(detail: string): Verdict {
  return unknown("engine-failed", detail);
}

function unknown(code: UnknownCode, detail: string): Verdict {
  return { verdict: "unknown", reason: { code, detail: storable(detail) } };
}

/** Words of programs may have any length, and characters that the database cannot hold. */
function storable(words: string): string {
  return words.slice(0, maxDetail).replaceAll("\0", "\uFFFD").toWellFormed();
}
