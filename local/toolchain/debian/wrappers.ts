import { chmod, glob, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DebianError } from "./errors.ts";

/** Programs of a tree that are to be run on this machine. */
export interface ProgramsToRun {
  /** Globs, from the root, by the name under which each is called. */
  readonly programs: Readonly<Record<string, string>>;
  /** Environment variables that hold paths: globs, from the root. @default none */
  readonly paths?: Readonly<Record<string, string>>;
}

const findRoot = `root="$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)/root"`;

/**
 * Writes a script for each program to FOLDER/bin, which runs it from FOLDER/root with the libraries there. The scripts
 * find their folder themselves, so that it can be copied elsewhere. Programs that these start in turn (initdb starts
 * postgres beside it) inherit where the libraries are. Returns the names.
 *
 * @throws DebianError for a program that the packages do not bring.
 */
export async function writeWrappers(folder: string, run: ProgramsToRun): Promise<string[]> {
  const root = join(folder, "root");
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const own = (await libraryFolders(root)).map((dir) => `$root/${dir}`).join(":");
  const settings = [`LD_LIBRARY_PATH="${own}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`];
  for (const [name, pattern] of Object.entries(run.paths ?? {}))
    settings.push(`${name}="$root/${await find(root, pattern)}"`);
  for (const [name, pattern] of Object.entries(run.programs)) {
    const lines = [
      "#!/bin/sh",
      findRoot,
      ...settings.map((setting) => `export ${setting}`),
      `exec "$root/${await find(root, pattern)}" "$@"`,
      "",
    ];
    await writeFile(join(bin, name), lines.join("\n"));
    await chmod(join(bin, name), 0o755);
  }
  return Object.keys(run.programs);
}

/** Where ld.so looks by itself on a machine: /usr/lib/TRIPLET, then /usr/lib. */
async function libraryFolders(root: string): Promise<string[]> {
  const names = await readdir(join(root, "usr", "lib")).catch(() => []);
  const triplets = names.filter((name) => /^\w+-linux-gnu$/.test(name)).sort();
  return [...triplets.map((name) => `usr/lib/${name}`), "usr/lib"];
}

async function find(root: string, pattern: string): Promise<string> {
  for await (const path of glob(pattern, { cwd: root })) return path;
  throw new DebianError({
    reason: `The packages bring no ${pattern}`,
    advice: "This release has it elsewhere: name its path in the code that asked for it.",
  });
}
