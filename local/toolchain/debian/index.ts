/** Debian packages as trees of files in the cache: to run programs from, or to put images together. */
import { createHash } from "node:crypto";
import { glob, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { takeLock } from "../../lock.ts";
import { cacheDir } from "../../paths.ts";
import type { Report } from "../../report.ts";
import { Apt, type DebianMachine, release } from "./apt.ts";
import { DebianError } from "./errors.ts";
import { unpack } from "./unpack.ts";
import { type ProgramsToRun, writeWrappers } from "./wrappers.ts";

export type { DebianMachine } from "./apt.ts";
export { DebianError } from "./errors.ts";
export type { ProgramsToRun } from "./wrappers.ts";

export interface DebianTree {
  /** The folder that stands for `/`. Shared by all who ask for the same: copy it, do not change it. */
  readonly root: string;
  /** Version of each package in it, by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** Paths of the programs that were asked for, by name; all in one folder, to be run on this machine. */
  readonly programs: Readonly<Record<string, string>>;
}

export interface DebianTreeArgs {
  /** Names the folder in the cache: small letters, digits and hyphens. */
  readonly set: string;
  /** What must be in it; what they depend on comes along, and nothing else. */
  readonly packages: readonly string[];
  /** Taken for installed: neither these nor what only they depend on come along. @default none */
  readonly exclude?: readonly string[];
  /** Globs, from the root, of files and folders that are left out. @default none */
  readonly omit?: readonly string[];
  /**
   * Whose C library the programs will run with. With `machine` the tree has none, and is made of packages that fit the
   * machine's, which programs use whose interpreter is that of the machine. @default "packaged"
   */
  readonly libc?: "packaged" | "machine";
  /** Programs to run on this machine; needs `libc: "machine"`. @default none */
  readonly run?: ProgramsToRun;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** @default this machine */
  readonly machine?: DebianMachine;
}

/** What is written beside a root. */
interface TreeRecord {
  readonly packages: Readonly<Record<string, string>>;
  readonly programs: readonly string[];
  readonly made: string;
}

/** Counts up when the same order gives another tree. */
const layout = 2;
const day = 24 * 3600 * 1000;

/**
 * Unpacks Debian packages and all that they depend on, as if nothing were installed, into the cache. `/usr` is merged
 * (`bin`, `lib`... are links into it), and nothing is setuid. No script of a package runs: there are no users, no
 * alternatives, no caches of libraries or of certificates. A tree stays as it was made until its folder is removed from the cache.
 *
 * @throws DebianError where there is no apt, or apt cannot get the packages; it says what to do.
 */
export async function debianTree(args: DebianTreeArgs): Promise<DebianTree> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(args.set)) {
    throw new Error(`"${args.set}" cannot name a set of packages: use small letters, digits and hyphens`);
  }
  if (args.run && args.libc !== "machine") {
    throw new Error(`Programs of ${args.set} can only run on this machine with libc: "machine"`);
  }
  const machine = args.machine ?? thisDebianMachine();
  const folder = join(machine.cache, "tools", `debian-${args.set}-${await fingerprint(args, machine)}`);
  const found = await cachedTree(folder);
  if (found) return found;
  const file = join(machine.cache, "apt.lock");
  const release = await takeLock(file, {
    signal: args.signal,
    onWait: ({ pid, host }) =>
      args.report.step(
        `Waiting for process ${pid} on ${host}, which is unpacking packages (its lock is ${file})`,
      ),
  });
  try {
    return (await cachedTree(folder)) ?? (await makeTree(args, { machine, folder }));
  } finally {
    await release();
  }
}

/** This machine, with its own apt. */
export function thisDebianMachine(env: NodeJS.ProcessEnv = process.env): DebianMachine {
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string] as DebianMachine["arch"] | undefined;
  if (process.platform !== "linux" || !arch) {
    throw new DebianError({
      reason: `Debian packages are unpacked on Linux, on x64 and arm64; this is ${process.platform} on ${process.arch}.`,
      advice: "Use such a machine, container or WSL 2, with Debian or Ubuntu.",
    });
  }
  // Programs of the administrator (dpkg, ip) are not on every user's PATH.
  const path = `${env.PATH ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`;
  return { env: { ...env, PATH: path }, cache: cacheDir(), arch, releaseFile: "/etc/os-release" };
}

async function makeTree(
  args: DebianTreeArgs,
  { machine, folder }: { machine: DebianMachine; folder: string },
): Promise<DebianTree> {
  const { report, signal } = args;
  const apt = await Apt.open({ machine, report, signal });
  const draft = join(machine.cache, "apt", "making");
  await rm(draft, { recursive: true, force: true });
  try {
    report.step(`Fetching ${args.packages.join(", ")} as Debian packages, with what they need`);
    await apt.update();
    await apt.assume({
      // The tree is what this package says of a machine.
      offered: ["usr-is-merged", ...(args.exclude ?? [])],
      machine: args.libc === "machine" ? ["libc6"] : [],
    });
    const files = await apt.download(args.packages);
    report.detail(`unpacking ${files.length} packages`);
    const root = join(draft, "root");
    const packages = await unpack({ apt, files, root, env: machine.env, signal });
    for (const pattern of args.omit ?? [])
      for await (const name of glob(pattern, { cwd: root }))
        await rm(join(root, name), { recursive: true, force: true });
    const programs = args.run ? await writeWrappers(draft, args.run) : [];
    const record: TreeRecord = { packages, programs, made: new Date().toISOString() };
    await writeFile(join(draft, "tree.json"), `${JSON.stringify(record, undefined, 2)}\n`);
    await mkdir(dirname(folder), { recursive: true });
    await rename(draft, folder);
    return treeOf(folder, record);
  } finally {
    await apt.clean();
    await rm(draft, { recursive: true, force: true });
  }
}

async function cachedTree(folder: string): Promise<DebianTree | undefined> {
  try {
    const record = JSON.parse(await readFile(join(folder, "tree.json"), "utf8")) as TreeRecord;
    const { mtimeMs } = await stat(folder);
    // What is not used for long is removed; a cache that cannot be written to is as good for reading.
    if (Date.now() - mtimeMs > day) await utimes(folder, new Date(), new Date()).catch(() => undefined);
    return treeOf(folder, record);
  } catch {
    return undefined;
  }
}

function treeOf(folder: string, { packages, programs }: TreeRecord): DebianTree {
  const paths = programs.map((name) => [name, join(folder, "bin", name)]);
  return { root: join(folder, "root"), packages, programs: Object.fromEntries(paths) };
}

async function fingerprint(args: DebianTreeArgs, machine: DebianMachine): Promise<string> {
  const { packages, exclude = [], omit = [], libc = "packaged", run } = args;
  const lists = [packages, exclude, omit].map((list) => [...list].sort());
  const order = [layout, await release(machine), machine.arch, libc, ...lists, ...(run ? [run] : [])];
  return createHash("sha256").update(JSON.stringify(order)).digest("hex").slice(0, 12);
}
