import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { readIfThere } from "./files.ts";
import { capture, noteInterruption, type Workspace } from "./run.ts";

/** Who holds a stack's lock, as the CLI wrote it. */
export interface Lock {
  readonly file: string;
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  /** When it was taken, ISO 8601. */
  readonly timestamp: string;
}

/** The operations that a checkpoint lists as begun and not ended. */
interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly pending_operations?: readonly {
        readonly type: string;
        readonly resource: { readonly urn: string };
      }[];
    };
  };
}

/** The state file of a stack in its file backend. */
export function checkpointFile(workspace: Pick<Workspace, "stateDir" | "project" | "stack">): string {
  return join(
    workspace.stateDir,
    "backend",
    ".pulumi",
    "stacks",
    workspace.project,
    `${workspace.stack}.json`,
  );
}

/**
 * Makes the stack usable again after a CLI that was killed: removes the lock it left, restores the state's
 * backup when its last write was lost, and forgets the operations that it left open, after which creates adopt what
 * exists until the next deployment has succeeded. Does nothing after an orderly end.
 *
 * @throws when another live process holds the stack; the message names it
 */
export async function recover(workspace: Workspace, report: Report): Promise<void> {
  clearDeadLocks(workspace, report);
  restoreCheckpoint(workspace, report);
  await settlePendingOperations(workspace, report);
}

/** Removes locks whose holder is dead. Throws when the holder lives or may live: on another machine or as another user. */
export function clearDeadLocks(
  workspace: Pick<Workspace, "stateDir" | "project" | "stack">,
  report: Report,
): void {
  for (const lock of readLocks(workspace)) {
    const holder = `${lock.username}@${lock.hostname}, process ${lock.pid}, since ${lock.timestamp}`;
    const ours = lock.hostname === hostname() && lock.username === userInfo().username;
    if (!ours)
      throw new Error(
        `the stack ${workspace.stack} is locked by ${holder}, which cannot be checked from here. ` +
          "If that command no longer runs, clear the lock with: npm run pulumi -- cancel --yes",
      );
    if (isPulumi(lock.pid))
      throw new Error(
        `the stack ${workspace.stack} is in use by ${holder}. Wait for that command to end, or stop it with: kill -INT ${lock.pid}`,
      );
    rmSync(lock.file, { force: true });
    rmSync(`${lock.file}.attrs`, { force: true });
    report.step(`Removed the lock of a command that was killed (${holder})`);
  }
}

function readLocks(workspace: Pick<Workspace, "stateDir" | "project" | "stack">): Lock[] {
  const folder = join(
    ...[
      workspace.stateDir,
      "backend",
      ".pulumi",
      "locks",
      "organization",
      workspace.project,
      workspace.stack,
    ],
  );
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const file = join(folder, name);
      const text = readIfThere(file);
      return text === undefined ? [] : [{ ...(JSON.parse(text) as Omit<Lock, "file">), file }];
    });
}

/** Whether the process is alive and not another program that got its number since. */
function isPulumi(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  try {
    const [state = "", ...command] = execFileSync("ps", ["-o", "stat=,comm=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
      .trim()
      .split(/\s+/);
    return !state.startsWith("Z") && command.join(" ").includes("pulumi");
  } catch (error) {
    // ps fails for a process that has just ended; without ps at all, a live number is taken for the holder.
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

function restoreCheckpoint(workspace: Workspace, report: Report): void {
  const file = checkpointFile(workspace);
  const backup = `${file}.bak`;
  if (isJson(readIfThere(file)) !== false || !isJson(readIfThere(backup))) return;
  copyFileSync(backup, file);
  // The sums of the lost text lie beside it.
  rmSync(`${file}.attrs`, { force: true });
  report.step("Restored the state from its backup: the last write of a killed command was incomplete");
}

function isJson(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function settlePendingOperations(workspace: Workspace, report: Report): Promise<void> {
  const text = readIfThere(checkpointFile(workspace));
  const pending = (JSON.parse(text ?? "{}") as Checkpoint).checkpoint?.latest?.pending_operations ?? [];
  if (pending.length === 0) return;
  const names = pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);
  report.step(`The last command was killed while ${names.join(", ")}: what exists of it is taken over`);
  noteInterruption(workspace, names);
  // An import drops pending operations; unlike a refresh it needs neither a terminal nor the cluster.
  const exported = join(workspace.stateDir, "interrupted-state.json");
  try {
    for (const argv of [
      ["stack", "export", "--file", exported],
      ["stack", "import", "--file", exported],
    ]) {
      const { code, stdout, stderr } = await capture(workspace, argv);
      if (code !== 0)
        throw new Error(
          `cannot settle interrupted operations: pulumi ${argv.join(" ")} failed:\n${stdout}${stderr}`,
        );
    }
  } finally {
    rmSync(exported, { force: true });
  }
}
