import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program: first as Ctrl-C would, ten seconds later for good. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Called with every line of either stream; then nothing but the last lines is kept. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly ok: boolean;
  /** Both streams, in the order in which lines arrived; the last 200 of them. */
  readonly lines: readonly string[];
  /** Why it is not ok: could not be started, exit code, signal or time limit. */
  readonly problem: string;
}

const keptLines = 200;

/** Runs a program to its end. Never throws for what the program does. */
export function run(file: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(file, argv, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    let problem = "";
    let killer: NodeJS.Timeout | undefined;
    const end = () => {
      child.kill("SIGINT");
      killer ??= setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
    };
    const timer = options.timeoutMs
      ? setTimeout(() => {
          problem = `gave no answer within ${options.timeoutMs} ms`;
          child.kill("SIGKILL");
        }, options.timeoutMs)
      : undefined;
    if (options.signal?.aborted) end();
    options.signal?.addEventListener("abort", end);

    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        if (lines.push(line) > keptLines) lines.shift();
        options.onLine?.(line);
      });
    }
    const finish = (ok: boolean, reason: string) => {
      clearTimeout(timer);
      clearTimeout(killer);
      options.signal?.removeEventListener("abort", end);
      resolve({ ok, lines, problem: ok ? "" : problem || reason });
    };
    child.on("error", (error) => finish(false, error.message));
    child.on("close", (code, signal) =>
      finish(code === 0 && !problem, signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  });
}
