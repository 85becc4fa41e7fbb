/** One run of an engine, as a child of the process of a job. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { engines } from "../engines.ts";
import { type EngineCall, EngineError, type EngineErrorCode } from "../standard.ts";
import { monotonicNow } from "./protocol.ts";
import { Tail } from "./tail.ts";

/** What the run may use. */
export interface RunLimits {
  /** As of `monotonicNow`. */
  readonly deadline: number;
  readonly memoryBytes: number;
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
}

/** Bytes that an engine may write: a model of a large instance has some megabytes. */
const maxOutputBytes = 64 * 2 ** 20;

/** How a process ended, and what it wrote. */
interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: string;
  /** Ended by a signal that is not ours: by a crash or by the kernel. */
  readonly signal: NodeJS.Signals | null;
  /** Why it was ended from here, if it was. */
  readonly stopped?: EngineError | undefined;
}

/**
 * Runs an engine to its end. It is told its limits, and held to its deadline from here as well.
 *
 * @throws EngineError
 */
export async function runEngine(call: EngineCall, limits: RunLimits): Promise<{ stdout: string }> {
  const { title, program, args, givesUp } = engines[call.engine];
  const milliseconds = limits.deadline - monotonicNow();
  if (milliseconds <= 0) throw timeoutOf(title);
  const own = {
    seconds: Math.max(1, Math.ceil(milliseconds / 1000)),
    mebibytes: Math.max(1, Math.floor(limits.memoryBytes / 2 ** 20)),
  };
  // Nothing of the service's environment: an engine needs no settings and no credentials.
  const environment = { PATH: process.env.PATH, LC_ALL: "C.UTF-8" };
  const child = spawn(program, [...args(own), ...(call.args ?? [])], { env: environment });
  const ended = await endOf(child, call, { title, signal: limits.signal });
  if (ended.stopped) throw ended.stopped;
  const said = `${ended.stdout}\n${ended.stderr}`;
  const given = givesUp.find(({ pattern }) => pattern.test(said));
  if (given) throw gaveUp(title, given.code, given.pattern.exec(said)?.[0] ?? "");
  if (ended.signal === "SIGKILL")
    throw new EngineError(
      "memory",
      `${title} was killed by the kernel: most likely there was no memory left.`,
    );
  if (ended.signal || ended.stdout === "") throw crashed(title, ended);
  return { stdout: ended.stdout };
}

async function endOf(
  child: ChildProcessWithoutNullStreams,
  { input, engine }: EngineCall,
  { title, signal }: { title: string; signal: AbortSignal },
): Promise<Ended> {
  const { program } = engines[engine];
  const output: Buffer[] = [];
  let bytes = 0;
  const errors = new Tail();
  let stopped: EngineError | undefined;
  const stop = (reason: EngineError) => {
    stopped ??= reason;
    child.kill("SIGKILL");
  };
  const onAbort = () => stop(timeoutOf(title));
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxOutputBytes) output.push(chunk);
    else stop(new EngineError("failed", `${title} wrote more than ${maxOutputBytes} bytes.`));
  });
  child.stderr.on("data", (chunk: Buffer) => errors.add(chunk));
  // An engine may end before it has read everything; how it ended says more than that.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  try {
    const { promise, resolve, reject } = Promise.withResolvers<Ended>();
    child.once("error", (error) => reject(notStarted(title, program, error)));
    child.once("close", (code, ending) => {
      const exit = ending ? `signal ${ending}` : `exit code ${code}`;
      const stdout = Buffer.concat(output).toString();
      resolve({ stdout, stderr: errors.text(), exit, signal: stopped ? null : ending, stopped });
    });
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function timeoutOf(title: string): EngineError {
  return new EngineError("timeout", `${title} did not finish within the time limit.`);
}

function gaveUp(title: string, code: EngineErrorCode, words: string): EngineError {
  if (code === "timeout") return timeoutOf(title);
  if (code === "memory") return new EngineError("memory", `${title} reached the memory limit.`);
  return new EngineError("failed", `${title} reports ${words.slice(0, 500)}`);
}

function crashed(title: string, { exit, stderr }: Ended): EngineError {
  const words = stderr.trim() === "" ? "It wrote no message." : `Its last message: ${stderr.trim()}`;
  return new EngineError("failed", `${title} ended without an answer (${exit}). ${words}`);
}

function notStarted(title: string, program: string, error: NodeJS.ErrnoException): EngineError {
  const why = error.code === "ENOENT" ? `there is no program "${program}" on PATH` : error.message;
  return new EngineError("failed", `${title} could not be started: ${why}.`);
}
