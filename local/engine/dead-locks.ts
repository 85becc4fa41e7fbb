import { readdirSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { readIfThere } from "../files.ts";
import { listProcesses } from "../processes.ts";
import type { Report } from "../report.ts";
import type { StatePlace } from "./checkpoint.ts";

/** A command holds the stack that cannot be proved to have ended. */
export class StackInUseError extends Error {}

/** Who holds a stack's lock, as the CLI wrote it. */
interface Holder {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  /** When it was taken, ISO 8601. */
  readonly timestamp: string;
}

/**
 * Removes the CLI's locks whose holder is dead.
 *
 * @throws StackInUseError when the holder lives, or may live: on another machine or as another user
 */
export async function clearDeadLocks(place: StatePlace, report: Report): Promise<void> {
  const { stateDir, project, stack } = place;
  const folder = join(stateDir, "backend", ".pulumi", "locks", "organization", project, stack);
  for (const file of lockFiles(folder)) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    const who = await deadHolder({ stack, file, holder: parse(text) });
    rmSync(file, { force: true });
    rmSync(`${file}.attrs`, { force: true });
    report.step(`Removed the lock of a command that was killed (${who})`);
  }
}

/** Describes the holder. @throws StackInUseError unless it is dead */
async function deadHolder(args: { stack: string; file: string; holder: Holder | undefined }) {
  const { stack, file, holder } = args;
  const clear = `npm run pulumi -- cancel --yes --stack ${stack}`;
  const living = (await listProcesses()).filter(({ commandLine }) => /(^|\/)pulumi( |$)/.test(commandLine));
  if (!holder) {
    const [other] = living;
    if (!other) return `nobody knows which: ${file} is unreadable`;
    throw new StackInUseError(
      `the stack ${stack} is locked by ${file}, which is unreadable, and a Pulumi CLI runs: process ${other.pid}. ` +
        `Wait for its end, or, when it works on something else, clear the lock with: ${clear}`,
    );
  }
  const who = `${holder.username}@${holder.hostname}, process ${holder.pid}, since ${holder.timestamp}`;
  if (holder.hostname !== hostname() || holder.username !== userInfo().username)
    throw new StackInUseError(
      `the stack ${stack} is locked by ${who}, which cannot be checked from here. ` +
        `If that command no longer runs, clear the lock with: ${clear}`,
    );
  if (living.some(({ pid }) => pid === holder.pid))
    throw new StackInUseError(
      `the stack ${stack} is in use by ${who}. Wait for that command to end, or stop it with: kill -INT ${holder.pid}`,
    );
  return who;
}

function lockFiles(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => (name.endsWith(".json") ? [join(folder, name)] : []));
  } catch {
    return [];
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return typeof holder?.pid === "number" ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}
