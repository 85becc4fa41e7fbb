import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "../files.ts";
import type { Report } from "../report.ts";
import { checkpointFile, pendingOperations } from "./checkpoint.ts";
import { clearDeadLocks } from "./dead-locks.ts";
import { ask, noteInterruption, temporaryFolder, type Workspace } from "./run.ts";

/**
 * Makes the stack usable again after a CLI that was killed: removes the lock it left, restores the state's
 * backup when its last write was lost, and forgets the operations that it left open, after which creates adopt what
 * exists until the next deployment has succeeded. Does nothing after an orderly end.
 *
 * @throws StackInUseError when another live process holds the stack; the message names it
 */
export async function recover(workspace: Workspace, report: Report): Promise<void> {
  await clearDeadLocks(workspace, report);
  rmSync(temporaryFolder(workspace), { recursive: true, force: true });
  restoreCheckpoint(workspace, report);
  await settlePendingOperations(workspace, report);
}

function restoreCheckpoint(workspace: Workspace, report: Report): void {
  const file = checkpointFile(workspace);
  const backup = `${file}.bak`;
  // Sums of the text lie beside it and are written first; without them the CLI reads the text all the same.
  for (const sums of [`${file}.attrs`, `${backup}.attrs`])
    if (isJson(readIfThere(sums)) === false) rmSync(sums);
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
  const names = pendingOperations(workspace);
  if (names.length === 0) return;
  report.step(`The last command was killed while ${names.join(", ")}: what exists of it is taken over`);
  noteInterruption(workspace, names);
  // An import drops pending operations; unlike a refresh it needs neither a terminal nor the cluster.
  const exported = join(workspace.stateDir, "interrupted-state.json");
  try {
    await ask(workspace, ["stack", "export", "--file", exported]);
    await ask(workspace, ["stack", "import", "--file", exported]);
  } finally {
    rmSync(exported, { force: true });
  }
}
