import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Report } from "../report.ts";
import { listProcesses, type ProcessInfo } from "./processes.ts";

/** Who holds a lock, and whether it still runs; nothing when there is no lock. */
async function holder(file: string): Promise<{ pid: number; alive: boolean } | undefined> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const [pid, started] = text.trim().split("\t");
  const alive = (await listProcesses()).some((one) => String(one.pid) === pid && one.started === started);
  return { pid: Number(pid), alive };
}

/**
 * Runs `action` while no other command changes the same cluster. The lock of a command that was killed is taken over.
 * @throws when another command holds it for longer than five minutes.
 */
export async function withLock<T>(args: {
  file: string;
  report: Report;
  action: () => Promise<T>;
}): Promise<T> {
  const { file, report, action } = args;
  const self = (await listProcesses()).find(({ pid }) => pid === process.pid) as ProcessInfo;
  const deadline = Date.now() + 300_000;
  for (let told = false; ; ) {
    try {
      writeFileSync(file, `${self.pid}\t${self.started}\n`, { flag: "wx", mode: 0o600 });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const other = await holder(file);
    if (other && !other.alive) {
      rmSync(file, { force: true });
      continue;
    }
    if (other && Date.now() > deadline) {
      throw new Error(
        `Process ${other.pid} has been changing the local cluster for 5 minutes (${file}). End it first.`,
      );
    }
    if (other && !told) report.step(`Waiting for process ${other.pid}, which is changing the local cluster.`);
    told = told || other !== undefined;
    await delay(100);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}
