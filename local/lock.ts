import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processStart } from "./processes.ts";

/** Who holds a lock. A process id alone is not enough: ids are used again. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, as `processStart` says; empty when this system does not tell. */
  readonly started: string;
  /** Different for every taking of the lock. */
  readonly token: string;
}

export interface LockOptions {
  readonly onWait?: (holder: Holder) => void;
  readonly signal?: AbortSignal;
  readonly pollMs?: number;
}

/**
 * Takes the lock and returns what gives it back; waits while a living process holds it, and takes it over
 * from a dead one.
 *
 * The lock is a file that appears with its content in one step (a hard link). A dead holder's file may only
 * be removed by who holds the lock `FILE.after.TOKEN`, named after that one taking; so two waiting processes
 * can never remove the same dead lock twice, which would remove a living one.
 */
export async function takeLock(file: string, options: LockOptions = {}): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  const self: Holder = {
    host: hostname(),
    pid: process.pid,
    started: processStart(process.pid) ?? "",
    token: randomUUID(),
  };
  const draft = `${file}.${self.token}`;
  await writeFile(draft, JSON.stringify(self));
  let announced = "";
  try {
    while (!(await linked(draft, file))) {
      options.signal?.throwIfAborted();
      const holder = await readHolder(file);
      if (!holder) continue;
      if (isAlive(holder)) {
        if (announced !== holder.token) options.onWait?.(holder);
        announced = holder.token;
        await delay(options.pollMs ?? 500, undefined, { signal: options.signal });
        continue;
      }
      const release = await takeLock(`${file}.after.${holder.token}`, { pollMs: 20 });
      try {
        if ((await readHolder(file))?.token === holder.token) await rm(file, { force: true });
      } finally {
        await release();
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(file, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined when the lock was given back meanwhile. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`The lock file ${file} cannot be read (${(error as Error).message}). Remove it.`);
  }
}

/** Holders on another machine (a cache on a network disk) count as alive: nobody can look from here. */
export function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const started = processStart(holder.pid);
  return !started || !holder.started || started === holder.started;
}
