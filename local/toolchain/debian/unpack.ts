import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../process.ts";
import type { Apt } from "./apt.ts";
import { explainAptFailure } from "./errors.ts";

interface UnpackArgs {
  readonly apt: Apt;
  readonly files: readonly string[];
  /** A folder that does not exist yet. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Folders that are links to those of the same name in /usr. */
const merged = ["bin", "sbin", "lib", "lib64"] as const;

/** Packages still ship files below /bin and /lib, which must go through the links: `dpkg-deb -x` would replace these. */
const unpackOne = 'dpkg-deb --fsys-tarfile "$1" | tar -x -p --numeric-owner --keep-directory-symlink -C "$2"';

const dropPrivileges = 'find "$1" -type f -perm /6000 -exec chmod ug-s {} +';

/** Unpacks packages over each other into a root with merged /usr, and returns their versions by name. */
export async function unpack(args: UnpackArgs): Promise<Record<string, string>> {
  for (const name of merged) {
    await mkdir(join(args.root, "usr", name), { recursive: true });
    await symlink(`usr/${name}`, join(args.root, name));
  }
  const versions: Record<string, string> = {};
  for (const file of args.files) {
    const what = `unpacking ${file}`;
    const fields = await args.apt.run("dpkg-deb", ["--field", file, "Package", "Version"], what);
    await shell(args, { what, script: unpackOne, operands: [file, args.root] });
    versions[field(fields, "Package")] = field(fields, "Version");
  }
  // A folder of somebody's cache is no place for programs that run as root whoever starts them.
  await shell(args, {
    what: `taking privileges from ${args.root}`,
    script: dropPrivileges,
    operands: [args.root],
  });
  return versions;
}

async function shell(
  { env, signal }: UnpackArgs,
  { what, script, operands }: { what: string; script: string; operands: readonly string[] },
): Promise<void> {
  const { ok, lines, problem } = await run("sh", ["-c", script, "sh", ...operands], { env, signal });
  signal.throwIfAborted();
  if (!ok) throw explainAptFailure({ what, problem, lines });
}

function field(lines: readonly string[], name: string): string {
  const line = lines.find((line) => line.startsWith(`${name}: `));
  if (!line) throw new Error(`dpkg-deb says no ${name}: ${lines.join(" / ")}`);
  return line.slice(name.length + 2);
}
