import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startProgram } from "../child.ts";
import { writeWhole } from "../files.ts";
import type { Report } from "../report.ts";

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
  readonly report: Report;
  /** Says why the cluster can no longer be worked on, if so. Asked every other second while the CLI runs. */
  readonly broken?: (() => Promise<string | undefined>) | undefined;
}

/** A finished command. `code` is 128 + N after signal N. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

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

/** Notes that objects have fields which earlier deployments own, so that updates take them over. */
export function noteTakeover({ stateDir }: Pick<Workspace, "stateDir">): void {
  writeWhole(takeover(stateDir).takenOver, "");
}

/** Whether the last deployment was interrupted and none has succeeded since. */
export function isInterrupted({ stateDir }: Pick<Workspace, "stateDir">): boolean {
  return existsSync(takeover(stateDir).interrupted);
}

/** Notes that all of the stack was deployed or destroyed: state and cluster agree. */
export function clearInterruption({ stateDir }: Pick<Workspace, "stateDir">): void {
  rmSync(takeover(stateDir).interrupted, { force: true });
}

/** The folder that each running CLI has one of its own in, for whatever it and its plugins put down for a moment. */
export const temporaryFolder = ({ stateDir }: Pick<Workspace, "stateDir">) => join(stateDir, "tmp");

/** Runs a CLI command at the user's terminal and returns its exit code. The stack is the workspace's unless argv says otherwise. */
export async function pulumi(workspace: Workspace, argv: readonly string[]): Promise<number> {
  const { code } = await start(workspace, argv, "inherit");
  return code;
}

/** Runs a CLI command without a terminal and returns what it said. @param input what it reads; nothing by default */
export async function capture(
  workspace: Workspace,
  argv: readonly string[],
  input?: string,
): Promise<Finished> {
  return start(workspace, [...argv, "--non-interactive"], "pipe", input);
}

/**
 * Runs a CLI command that must succeed, and returns its standard output.
 *
 * @throws Error with all that the command said
 */
export async function ask(workspace: Workspace, argv: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await capture(workspace, argv, input);
  if (code === 0) return stdout;
  throw new Error(`pulumi ${argv.join(" ")} failed with exit code ${code}:\n${stdout}${stderr}`.trimEnd());
}

async function start(
  workspace: Workspace,
  argv: readonly string[],
  stdio: "inherit" | "pipe",
  input?: string,
): Promise<Finished> {
  const { interrupted, takenOver } = takeover(workspace.stateDir);
  mkdirSync(temporaryFolder(workspace), { recursive: true, mode: 0o700 });
  const temporary = mkdtempSync(join(temporaryFolder(workspace), "cli-"));
  const env = {
    ...workspace.env,
    TMPDIR: temporary,
    ...(existsSync(interrupted) ? { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" } : {}),
    ...(existsSync(takenOver) ? { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } : {}),
  };
  const output = { stdout: "", stderr: "" };
  const { child, ended } = startProgram(workspace.pulumi, argv, {
    cwd: workspace.dir,
    env,
    stdio,
    input,
  });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const release = watch(workspace, () => child.kill("SIGINT"));
  try {
    return { code: await ended, ...output };
  } catch (error) {
    throw new Error(`cannot run the Pulumi CLI ${workspace.pulumi}: ${(error as Error).message}`);
  } finally {
    release();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Stops the CLI when the cluster breaks: it would wait for it for many minutes, and say nothing. */
function watch({ broken, report }: Workspace, stop: () => void): () => void {
  if (!broken) return () => {};
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    const reason = await broken().catch(() => undefined);
    // Nobody looks again once it was stopped: a second signal would cut it off.
    looking = reason !== undefined;
    if (reason === undefined) return;
    report.step(`${reason}\nStopping the Pulumi CLI; it writes down what it has done so far`);
    stop();
  };
  const timer = setInterval(look, 2_000);
  return () => clearInterval(timer);
}
