/** What tests do to the processes and leases of a platform, and what they see of them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { queueNames } from "../../../services/database/queue.ts";
import type { Platform, Program } from "./platform.ts";

/** An instance of Fermat's last theorem, which the engine neither proves nor refutes in the time of a test. */
export const hard = `(set-logic QF_NIA)(declare-const x Int)(declare-const y Int)(declare-const z Int)
  (assert (and (> x 2) (> y 2) (> z 2) (= (+ (* x x x) (* y y y)) (* z z z))))(check-sat)`;

/** Process groups of the jobs that a worker runs: each job is a child of the worker and leads a group. */
export function jobsOf({ process: { pid } }: Program): number[] {
  return processes().flatMap(({ id, parent, group }) => (parent === pid && id === group ? [group] : []));
}

/** Processes of these groups that have not ended. */
export function alive(groups: readonly number[]): number {
  return processes().filter(({ group, state }) => groups.includes(group) && !state.startsWith("Z")).length;
}

function processes() {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,pgid=,state="], { encoding: "utf8" })
    .trim()
    .split("\n");
  return lines.map((line) => {
    const [id, parent, group, state = ""] = line.trim().split(/\s+/);
    return { id: Number(id), parent: Number(parent), group: Number(group), state };
  });
}

/** A process of a platform: one of its programs, a job, or an engine. */
export interface PlatformProcess {
  readonly id: number;
  readonly kind: "program" | "job" | "engine";
}

/** All processes of this platform, whoever is their parent by now: the PATH of each names its folder. */
export function processesOf({ dir }: Pick<Platform, "dir">): PlatformProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    const [environment, command] = [textOf(`/proc/${name}/environ`), textOf(`/proc/${name}/cmdline`)];
    if (!/^\d+$/.test(name) || !environment.split("\0").some((entry) => isPathWith(entry, dir))) return [];
    const words = command.split("\0");
    const kind = words.includes("verify-one") ? "job" : words[0]?.endsWith("z3") ? "engine" : "program";
    return [{ id: Number(name), kind }];
  });
}

function isPathWith(entry: string, dir: string): boolean {
  return entry.startsWith("PATH=") && entry.endsWith(`:${dir}`);
}

/** Empty for a process that has ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Has the leases of these verifications lapse now, as if their heartbeats had been missing for long. */
export async function lapse(
  { database, boss }: Pick<Platform, "database" | "boss">,
  ids: readonly string[],
): Promise<void> {
  await database.query(
    "UPDATE queue.job SET heartbeat_on = heartbeat_on - interval '1 hour' WHERE state = 'active' AND id = ANY($1)",
    [ids],
  );
  await database.query("UPDATE queue.queue SET monitor_on = NULL, monitor_claim_on = NULL");
  await boss.supervise(queueNames.waiting("tsn"));
}
