import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { type ModuleName, modules } from "./modules.ts";
import type { Platform, ToolName, ToolSpec } from "./tool-spec.ts";
import { tools } from "./tools.ts";
import { askVersion } from "./version.ts";

/** A program that is ready to be run. */
export interface Tool {
  readonly name: ToolName;
  readonly path: string;
  readonly version: string;
  readonly origin: "path" | "official" | "built";
}

/** What is known of a cached program since it was last run; believed as long as size and time are the same. */
interface Stamp {
  /** From the stamp's folder. */
  readonly path: string;
  readonly version: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly made: string;
  /** The compiler, for built programs. */
  readonly go?: string;
}

const day = 24 * 3600 * 1000;
const unusedDays = 60;

/**
 * The folder of what is built from a module, named after everything that decides what comes out: pins, sums,
 * our own source, flags and platform. The compiler's version is not among them but in the stamp: a patch
 * release of Go is no reason for twenty minutes of work, and a machine that lost its Go keeps its tools.
 */
export async function builtFolder(args: {
  cache: string;
  modulesDir: string;
  module: ModuleName;
  platform: Platform;
}): Promise<string> {
  const hash = createHash("sha256");
  const dir = join(args.modulesDir, args.module);
  for (const file of (await readdir(dir)).sort())
    hash.update(`${file}\0`).update(await readFile(join(dir, file)));
  const { ldflags, tags, embed, mend, isStatic } = modules[args.module];
  const builds = Object.values(tools).flatMap(({ build }) => (build?.module === args.module ? [build] : []));
  // Absent ones leave no trace: an addition here is no reason to build what it does not concern.
  const additions = [...(mend ? [mend] : []), ...(isStatic ? ["static"] : []), ...(tags ? [tags] : [])];
  hash.update(JSON.stringify([ldflags, embed, builds, args.platform, ...additions]));
  return join(args.cache, "tools", `built-${args.module}-${hash.digest("hex").slice(0, 12)}`);
}

/** The folder of what was fetched from the publisher. */
export function officialFolder(cache: string, tool: ToolSpec, version: string): string {
  return join(cache, "tools", `official-${tool.name}-${version}`);
}

/** The cached program of a folder, if it is there and still what it was, or is found to work when asked again. */
export async function cachedTool(args: {
  folder: string;
  tool: ToolSpec;
  origin: "official" | "built";
  env: NodeJS.ProcessEnv;
}): Promise<Tool | undefined> {
  const stamp = await readStamp(stampFile(args.folder, args.tool.name));
  if (!stamp) return undefined;
  const path = resolve(args.folder, stamp.path);
  const now = await stat(path).catch(() => undefined);
  if (!now?.isFile()) return undefined;
  if (now.size !== stamp.size || now.mtimeMs !== stamp.mtimeMs) {
    const answer = await askVersion({ path, query: args.tool.query, env: args.env });
    if (!("version" in answer) || answer.version !== stamp.version) return undefined;
    await stampTool({ ...args, path, version: stamp.version, go: stamp.go });
  }
  await touch(args.folder);
  return { name: args.tool.name, path, version: stamp.version, origin: args.origin };
}

/** Records a program that was just run with success. */
export async function stampTool(args: {
  folder: string;
  tool: ToolSpec;
  path: string;
  version: string;
  go?: string | undefined;
}): Promise<void> {
  const { size, mtimeMs } = await stat(args.path);
  const stamp: Stamp = {
    path: relative(args.folder, args.path),
    version: args.version,
    size,
    mtimeMs,
    made: new Date().toISOString(),
    ...(args.go ? { go: args.go } : {}),
  };
  const file = stampFile(args.folder, args.tool.name);
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(stamp, undefined, 2)}\n`);
  await rename(draft, file);
}

/** Removes folders that no checkout has used for two months. To be called by who holds the lock. */
export async function removeUnused(cache: string): Promise<void> {
  const dir = join(cache, "tools");
  for (const entry of await readdir(dir).catch(() => [])) {
    const { mtimeMs } = await stat(join(dir, entry));
    if (Date.now() - mtimeMs > unusedDays * day) await rm(join(dir, entry), { recursive: true, force: true });
  }
}

async function touch(folder: string): Promise<void> {
  const { mtimeMs } = await stat(folder);
  // A cache that cannot be written to is as good for reading.
  if (Date.now() - mtimeMs > day) await utimes(folder, new Date(), new Date()).catch(() => undefined);
}

async function readStamp(file: string): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Stamp;
  } catch {
    return undefined;
  }
}

function stampFile(folder: string, name: ToolName): string {
  return join(folder, `${name}.json`);
}
