import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The terminal, or nothing to read and pipes for what is said. */
  readonly stdio: "inherit" | "pipe";
  /** What it may read, with pipes. @default nothing */
  readonly input?: string | undefined;
}

/**
 * Starts a program that works for the person at the keyboard, and keeps this process alive until it has wound up.
 *
 * Ctrl-C at a terminal reaches the program by itself, being in the same process group, and a second copy would make
 * the Pulumi CLI stop at once. Elsewhere the program has a group of its own and gets each signal once, from here,
 * however many copies arrive; the group is ended with this process.
 *
 * @returns the process, and its exit code: 128 + N after signal N. That rejects when the program cannot be started.
 */
export function startProgram(
  file: string,
  argv: readonly string[],
  { cwd, env, stdio, input }: ProgramOptions,
): { child: ChildProcess; ended: Promise<number> } {
  const atTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  // Before the program, which is heard by others at once.
  const signals = listen(atTerminal);
  const piped = [input === undefined ? "ignore" : "pipe", "pipe", "pipe"] as const;
  const streams = stdio === "inherit" ? (["inherit", "inherit", "inherit"] as const) : piped;
  const child = atTerminal
    ? spawn(file, argv, { cwd, env, stdio: [...streams] })
    : spawn("/bin/sh", ["-c", guarded, file, ...argv], {
        cwd,
        env,
        stdio: [...streams, "pipe"],
        detached: true,
      });
  signals.forwardTo(child);
  child.once("exit", () => child.stdio[3]?.destroy());
  // It may end before it has read everything; its exit code tells why.
  child.stdin?.on("error", () => {}).end(input);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  }).finally(signals.release);
  return { child, ended };
}

/** Runs a program whose group ends when this process, however it ends, no longer holds the other end of input 3. */
const guarded = '(read -r _ <&3; kill -KILL "-$$") >/dev/null 2>&1 & exec "$0" "$@" 3<&-';

function listen(atTerminal: boolean) {
  const signals: NodeJS.Signals[] = atTerminal ? ["SIGINT", "SIGTERM"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  const seen = new Set<NodeJS.Signals>(atTerminal ? ["SIGINT"] : []);
  let child: ChildProcess | undefined;
  const listener = (signal: NodeJS.Signals) => {
    // Orderly, when the connection goes away: a hang-up would end the Pulumi CLI in the middle of its work.
    if (!seen.has(signal)) child?.kill(signal === "SIGHUP" ? "SIGINT" : signal);
    seen.add(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    forwardTo: (started: ChildProcess) => {
      child = started;
    },
    release: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
