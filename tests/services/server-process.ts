import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export interface ServerCommand {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Runs as this user and group. @default the user of this process */
  readonly uid?: number | undefined;
  /** The server's folder; removed with it, and by the guard when this process dies. */
  readonly dir: string;
  /** The line of its log after which it serves. */
  readonly ready: RegExp;
  /** Asks it to end soon and in order. */
  readonly stopSignal: NodeJS.Signals;
}

const keptLines = 50;
const pidFile = "server.pid";

/**
 * Waits for the end of its input, which comes when the process that holds the other end ends in whatever way; then
 * ends the server and removes its folder.
 */
const guardScript = `
cat >/dev/null
if pid=$(cat "$1/${pidFile}" 2>/dev/null); then
  kill -s CONT $pid $(pgrep -P $pid) 2>/dev/null
  kill -s "$2" $pid 2>/dev/null
  i=0
  while kill -s 0 $pid 2>/dev/null && [ $i -lt 100 ]; do i=$((i+1)); sleep 0.1; done
  kill -s KILL $pid 2>/dev/null
fi
rm -rf "$1"`;

/** A server that a test starts, breaks and starts again. It does not outlive the process that started it. */
export class ServerProcess {
  readonly #command: ServerCommand;
  readonly #guard: ChildProcess;
  readonly #log: string[] = [];
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(command: ServerCommand) {
    this.#command = command;
    const argv = ["-c", guardScript, "sh", command.dir, command.stopSignal.replace("SIG", "")];
    this.#guard = spawn("sh", argv, { stdio: ["pipe", "ignore", "ignore"], detached: true });
    keepAlive(this.#guard, false);
  }

  /** The last lines that the server wrote. */
  get log(): string {
    return this.#log.join("\n");
  }

  /** Resolves when the server serves. @throws Error with the server's last words when it does not come to that. */
  async start(): Promise<void> {
    if (this.#child) throw new Error(`${this.#command.file} runs already`);
    const { file, argv, env, uid, dir } = this.#command;
    const user = uid === undefined ? {} : { uid, gid: uid };
    const child = spawn(file, argv, { cwd: dir, env, stdio: ["ignore", "pipe", "pipe"], ...user });
    this.#child = child;
    keepAlive(child, true);
    if (child.pid !== undefined) writeFileSync(join(dir, pidFile), String(child.pid));
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#child = undefined;
        rmSync(join(dir, pidFile), { force: true });
        resolve();
      };
      child.once("close", end);
      child.once("error", (error) => {
        this.#log.push(error.message);
        end();
      });
    });
    const serves = new Promise<true>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          if (this.#log.push(line) > keptLines) this.#log.shift();
          if (this.#command.ready.test(line)) resolve(true);
        });
      }
    });
    if ((await Promise.race([serves, this.#ended])) !== true) {
      throw new Error(`${file} does not start:\n${this.log}`);
    }
    keepAlive(child, false);
  }

  /** Ends it in order. Does nothing when it does not run. */
  async stop(): Promise<void> {
    await this.signal("SIGCONT");
    this.#child?.kill(this.#command.stopSignal);
    await this.#end();
  }

  /** Ends it with all its processes at once, as a crash does. */
  async kill(): Promise<void> {
    await this.signal("SIGKILL");
    await this.#end();
  }

  /** Sends a signal to the server and to the processes that it has started. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    // The server first: it would start its processes again.
    for (const each of [pid, ...(await childrenOf(pid))]) {
      try {
        process.kill(each, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }

  async #end(): Promise<void> {
    if (this.#child) keepAlive(this.#child, true);
    await this.#ended;
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#command.dir, { recursive: true, force: true });
    this.#guard.stdin?.end();
  }
}

/** Whether this process waits for the other one before it ends: a test that forgets a server can end nevertheless. */
function keepAlive(child: ChildProcess, isAwaited: boolean): void {
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as (Socket | null)[];
  for (const handle of [child, ...streams]) isAwaited ? handle?.ref() : handle?.unref();
}

async function childrenOf(pid: number): Promise<number[]> {
  // It says by an exit code that there are none.
  const { stdout } = await promisify(execFile)("pgrep", ["-P", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout.split("\n").filter(Boolean).map(Number);
}

/** A free port of 127.0.0.1, outside the ranges from which outgoing connections get theirs: it stays free for a while. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(10_000, 20_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error("No free port on 127.0.0.1 between 10000 and 20000 after 100 tries");
}
