import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { writeWhole } from "./files.ts";

/** Where one local stack lives and how its CLI is run. */
export interface Workspace {
  /** The folder with the copies of Pulumi.yaml and Pulumi.STACK.yaml; the CLI's working directory. */
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** The CLI's program. */
  readonly pulumi: string;
  readonly project: string;
  readonly stack: string;
  readonly stateDir: string;
}

/** A finished command. `code` is 128 + N after signal N. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands after whose success the state and the cluster agree. */
const convergingCommands = ["up", "update", "destroy", "down"];

/**
 * What an interrupted deployment leaves behind. Until the next one has succeeded, creates adopt what exists:
 * some of it was made by the interrupted one and is in no state. From then on, updates take fields over from
 * their first owner in the cluster: each create makes a new field manager, and the first one is still on record.
 */
function takeover(stateDir: string): { interrupted: string; takenOver: string } {
  return { interrupted: join(stateDir, "interrupted"), takenOver: join(stateDir, "taken-over") };
}

/** Notes that a deployment was interrupted. */
export function noteInterruption(
  { stateDir }: Pick<Workspace, "stateDir">,
  operations: readonly string[],
): void {
  for (const file of Object.values(takeover(stateDir))) writeWhole(file, `${operations.join("\n")}\n`);
}

/** Whether the last deployment was interrupted and none has succeeded since. */
export function isInterrupted({ stateDir }: Pick<Workspace, "stateDir">): boolean {
  return existsSync(takeover(stateDir).interrupted);
}

/** Runs a CLI command at the user's terminal and returns its exit code. The stack is the workspace's unless argv says otherwise. */
export async function pulumi(workspace: Workspace, argv: readonly string[]): Promise<number> {
  const { code } = await start(workspace, argv, "inherit");
  return code;
}

/** Runs a CLI command without a terminal and returns what it said. */
export async function capture(workspace: Workspace, argv: readonly string[]): Promise<Finished> {
  return start(workspace, [...argv, "--non-interactive"], "pipe");
}

function start(workspace: Workspace, argv: readonly string[], stdio: "inherit" | "pipe"): Promise<Finished> {
  const { interrupted, takenOver } = takeover(workspace.stateDir);
  const env = {
    ...workspace.env,
    ...(existsSync(interrupted) ? { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" } : {}),
    ...(existsSync(takenOver) ? { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } : {}),
  };
  const output = { stdout: "", stderr: "" };
  return new Promise((resolve, reject) => {
    const child = spawn(workspace.pulumi, argv, {
      cwd: workspace.dir,
      env,
      stdio: stdio === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    const release = forwardSignals((signal) => child.kill(signal));
    child.once("error", (error) => {
      release();
      reject(new Error(`cannot run the Pulumi CLI ${workspace.pulumi}: ${error.message}`));
    });
    child.once("close", (exitCode, signal) => {
      release();
      const code = exitCode ?? 128 + (signal ? constants.signals[signal] : 0);
      if (code === 0 && convergingCommands.includes(argv[0] ?? "")) rmSync(interrupted, { force: true });
      resolve({ code, ...output });
    });
  });
}

/**
 * Keeps this process alive until the CLI has wound up. Ctrl-C at a terminal reaches the CLI by itself, being in
 * the same process group, and a second copy would make it stop at once; elsewhere the signal is passed on.
 */
function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const interrupt = () => {
    if (!atTerminal) send("SIGINT");
  };
  const terminate = () => send("SIGTERM");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  return () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
  };
}
