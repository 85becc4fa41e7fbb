import { basename, dirname, resolve } from "node:path/posix";
import type { StandIn } from "./stand-ins.ts";
import { directory, type Entry, fileFrom, link, merged, type Tree, text, treeOf } from "./tree.ts";

/** Files that no image needs: patterns from the root of the packages. */
export const unused = [
  ...["doc", "man", "info", "locale", "i18n", "lintian", "bash-completion", "gcc", "gdb"].map(
    (name) => `usr/share/${name}`,
  ),
  // Conversions between character sets, which neither Node.js nor a server here leaves to the C library.
  "usr/lib/*/gconv",
  // Choose among installed versions of PostgreSQL, of which there is one.
  "usr/share/postgresql-common",
  "usr/lib/postgresql/*/lib/bitcode",
  "usr/lib/postgresql/*/lib/llvmjit*",
];

/** Where packages put programs. */
const holdsPrograms = /^usr\/(s?bin|games|lib\/postgresql\/\d+\/bin)$/;

/** Where the parts of a stand-in are. */
interface Parts {
  /** Folder with the unpacked packages, with merged /usr. @default it has none */
  readonly packages?: string | undefined;
  /** Paths of tools, by where the image has them. */
  readonly tools: ReadonlyMap<string, string>;
}

/**
 * The files of a stand-in.
 *
 * @returns the tree, and the folders that its PATH must have
 * @throws Error that names a program of the stand-in that no package has
 */
export function standInTree(standIn: StandIn, parts: Parts): { tree: Tree; path: readonly string[] } {
  const packaged: Tree = parts.packages === undefined ? new Map() : treeOf(parts.packages);
  const { programs = {}, directories = [], links = {} } = standIn;
  const kept = new Set(Object.entries(programs).flatMap((program) => find(packaged, program, standIn)));
  const isSurplus = (path: string, entry: Entry) =>
    entry.kind !== "directory" && holdsPrograms.test(dirname(path)) && !kept.has(path);
  const files = new Map([...packaged].filter(([path, entry]) => !isSurplus(path, entry)));
  const { name, uid, gid } = standIn.user;
  const own = directories.map((path) => [path, directory(0o755, { uid, gid })] as const);
  const tools = [...parts.tools].map(([path, file]) => [path.slice(1), fileFrom(file, 0o755)] as const);
  const named = Object.entries(links).map(([path, target]) => [path.slice(1), link(target)] as const);
  const tree = merged(
    files,
    skeleton,
    new Map([
      [
        "etc/passwd",
        text(`root:x:0:0:root:/root:/usr/sbin/nologin\n${name}:x:${uid}:${gid}::/tmp:/bin/sh\n`),
      ],
      ["etc/group", text(`root:x:0:\n${name}:x:${gid}:\n`)],
      ["etc/nsswitch.conf", text("hosts: files dns\n")],
      ...own,
      ...tools,
      ...named,
    ]),
  );
  const path = new Set(["usr/bin", ...[...kept].map(dirname)]);
  return { tree, path: [...path].map((folder) => `/${folder}`) };
}

/** The directories that every image has: those that a runtime mounts on, and the ones that programs expect. */
export const skeleton: Tree = new Map([
  ...["dev", "etc", "proc", "run", "sys", "var"].map((path) => [path, directory()] as const),
  ["tmp", directory(0o1777)],
  ["var/run", link("/run")],
]);

/** Paths of a program: its own, and those that lead there by links. */
function find(tree: Tree, [program, why]: [string, string], { packages = [] }: StandIn): string[] {
  const named = [...tree.keys()].filter(
    (path) => basename(path) === program && holdsPrograms.test(dirname(path)),
  );
  for (const path of named) {
    const chain = followed(tree, path);
    if (chain) return chain;
  }
  throw new Error(`${program} is in none of the packages ${packages.join(", ")}. It is needed: ${why}`);
}

/** The paths from a link to its file; undefined where there is none at the end. */
function followed(tree: Tree, path: string): string[] | undefined {
  const entry = tree.get(path);
  if (entry?.kind === "file") return [path];
  if (entry?.kind !== "link") return undefined;
  const rest = followed(tree, resolve("/", dirname(path), entry.target).slice(1));
  return rest && [path, ...rest];
}
