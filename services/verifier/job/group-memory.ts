/** Memory of a process group, from /proc: https://docs.kernel.org/filesystems/proc.html */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Bytes of memory that the processes of a group hold and that nothing else can use: anonymous and shared memory, without
 * pages of files, which the kernel can drop and which several processes share.
 */
export function groupMemory(group: number): number {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.filter((id) => groupOf(id) === group).reduce((sum, id) => sum + memoryOf(id), 0);
}

/** Process group of a process; undefined if the process has ended meanwhile. */
function groupOf(id: string): number | undefined {
  const stat = read(`/proc/${id}/stat`);
  // The name, in parentheses, may hold anything; behind it are state, parent and group.
  const group = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[2];
  return group === undefined ? undefined : Number(group);
}

function memoryOf(id: string): number {
  const status = read(`/proc/${id}/status`) ?? "";
  const kibibytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].map(([, value]) =>
    Number(value),
  );
  return kibibytes.reduce((sum, value) => sum + value, 0) * 2 ** 10;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
