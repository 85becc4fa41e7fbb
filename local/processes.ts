import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { promisify } from "node:util";

/** A running process of the current user. */
export interface ProcessInfo {
  readonly pid: number;
  /** When it started, as `processStart` says; with the pid it names one process for ever. */
  readonly started: string;
  readonly commandLine: string;
}

const hasProc = existsSync("/proc/self/stat");
const bootFile = "/proc/sys/kernel/random/boot_id";
const boot = existsSync(bootFile) ? readFileSync(bootFile, "utf8").trim() : "";
const psEnvironment = { PATH: process.env.PATH, LC_ALL: "C" };

/**
 * When a process started: boot and clock ticks since then where there is /proc, `ps`'s date elsewhere; undefined
 * when there is no such process. One that has ended and only waits to be collected by its parent has the start "ended".
 */
export function processStart(pid: number): string | undefined {
  try {
    if (hasProc) return startFromStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    const argv = ["-o", "lstart=", "-p", String(pid)];
    return execFileSync("ps", argv, { encoding: "utf8", env: psEnvironment }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** All processes of the current user. */
export async function listProcesses(): Promise<ProcessInfo[]> {
  return hasProc ? listFromProc() : await listFromPs();
}

/** Start of a process from the text of /proc/PID/stat: the program's name may hold spaces and parentheses. */
export function startFromStat(stat: string): string {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? "ended" : `${boot}/${fields[19]}`;
}

/** One line of `ps -o pid=,lstart=,command=` in the C locale. */
export function parsePsLine(line: string): ProcessInfo | undefined {
  const match = /^\s*(\d+)\s+(\w{3} +\w{3} +\d+ [\d:]{8} \d{4})\s+(.*)$/.exec(line);
  return match ? { pid: Number(match[1]), started: match[2] ?? "", commandLine: match[3] ?? "" } : undefined;
}

function listFromProc(): ProcessInfo[] {
  const uid = process.getuid?.();
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (statSync(`/proc/${name}`).uid !== uid) return [];
      const commandLine = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trimEnd();
      const started = processStart(Number(name));
      // One that waits to be collected has no command line.
      return commandLine && started ? [{ pid: Number(name), started, commandLine }] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

async function listFromPs(): Promise<ProcessInfo[]> {
  const uid = String(process.getuid?.() ?? "");
  const argv = ["-ww", "-U", uid, "-o", "pid=,lstart=,command="];
  const { stdout } = await promisify(execFile)("ps", argv, { env: psEnvironment, maxBuffer: 64 << 20 });
  return stdout.split("\n").flatMap((line) => parsePsLine(line) ?? []);
}
