import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A mounted hierarchy of control groups. */
export interface Hierarchy {
  readonly path: string;
  readonly version: 1 | 2;
}

/** The hierarchies among the lines of /proc/mounts. */
export function hierarchiesOf(mounts: string): Hierarchy[] {
  return mounts.split("\n").flatMap((line) => {
    const [, path, type] = line.split(" ");
    if (!path || (type !== "cgroup" && type !== "cgroup2")) return [];
    return [{ path: path.replaceAll("\\040", " "), version: type === "cgroup" ? 1 : 2 }];
  });
}

export const hierarchies = () => hierarchiesOf(readFileSync("/proc/mounts", "utf8"));

/** What containers are limited by. */
const controllers = ["cpu", "cpuset", "memory", "pids"];

/** Why groups for containers cannot be made; undefined when they can. */
export function groupObstacle(): string | undefined {
  const all = hierarchies();
  if (all.length === 0) return "no control groups are mounted";
  const closed = all.find(({ path }) => !isWritable(path));
  if (closed) return `the control groups at ${closed.path} cannot be changed`;
  const one = all.length === 1 && all[0]?.version === 2 ? all[0].path : undefined;
  if (!one) return undefined;
  const words = (file: string) => readFileSync(join(one, file), "utf8").split(/\s+/);
  const absent = controllers.filter((controller) => !words("cgroup.controllers").includes(controller));
  if (absent.length > 0) return `the control groups at ${one} lack ${absent.join(", ")}`;
  // Below the root of a machine's groups, one that holds processes cannot hand anything on (as in most containers).
  const handsOn = controllers.every((controller) => words("cgroup.subtree_control").includes(controller));
  const isRoot = !existsSync(join(one, "cgroup.type"));
  return handsOn || isRoot ? undefined : `the control groups at ${one} cannot be divided`;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Name of the group below which all containers of a node live, the same in every hierarchy. */
export const groupName = (id: string) => `iot-verification-${id}`;

/** Makes the group of a node in every hierarchy, with all that its containers can be limited by. */
export function makeGroups(id: string): void {
  for (const { path, version } of hierarchies()) {
    const group = join(path, groupName(id));
    // Version 1 gives a new group no processors and no memory nodes; version 2 hands on only what is asked for.
    if (version === 2) handOn(path);
    mkdirSync(group, { recursive: true });
    if (version === 2) handOn(group);
    else for (const file of ["cpuset.cpus", "cpuset.mems"]) inherit(path, group, file);
  }
}

function handOn(group: string): void {
  const available = readFileSync(join(group, "cgroup.controllers"), "utf8").split(/\s+/).filter(Boolean);
  for (const controller of available) {
    try {
      writeFileSync(join(group, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // One that cannot be handed on is missed by the kubelet, which names it.
    }
  }
}

function inherit(parent: string, group: string, file: string): void {
  const from = join(parent, file);
  if (existsSync(from)) writeFileSync(join(group, file), readFileSync(from, "utf8").trim());
}

/**
 * Removes the groups of a node, which its processes must have left or be about to leave.
 * @throws when a group is still in use after ten seconds
 */
export async function removeGroups(id: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (const { path } of hierarchies()) {
    const group = join(path, groupName(id));
    while (existsSync(group)) {
      try {
        removeTree(group);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EBUSY" || Date.now() > deadline) throw error;
        await delay(20);
      }
    }
  }
}

/** Groups are removed as directories, without the files that they seem to hold. */
function removeTree(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  }
  try {
    rmdirSync(group);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
