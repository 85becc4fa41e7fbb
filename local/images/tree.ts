import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Numbers of the user and the group that own an entry. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What is at one path of an image. `mode` holds the permission bits. */
export type Entry =
  | { readonly kind: "directory"; readonly mode: number; readonly owner?: Owner }
  | { readonly kind: "link"; readonly target: string }
  | {
      readonly kind: "file";
      readonly mode: number;
      /** The content itself, or the file of this machine that has it. */
      readonly content: Buffer | { readonly file: string; readonly size: number; readonly mtimeMs: number };
    };

/** Entries by their path: relative to the root of the image, without `.` and `..`, `/` between names. Owner is root. */
export type Tree = ReadonlyMap<string, Entry>;

export function directory(mode = 0o755, owner?: Owner): Entry {
  return { kind: "directory", mode, ...(owner && { owner }) };
}

export function link(target: string): Entry {
  return { kind: "link", target };
}

export function text(content: string): Entry {
  return { kind: "file", mode: 0o644, content: Buffer.from(content) };
}

/**
 * A file of this machine.
 *
 * @throws Error that names the file when it is not there
 */
export function fileFrom(file: string, mode: number): Entry {
  const { size, mtimeMs } = lstatSync(file);
  return { kind: "file", mode, content: { file, size, mtimeMs } };
}

/**
 * Reads a folder of this machine. Who owns what there does not matter, nor does anything beyond the plain permissions:
 * no program of an image gains rights by being run.
 */
export function treeOf(folder: string): Tree {
  const tree = new Map<string, Entry>();
  const read = (path: string) => {
    for (const found of readdirSync(join(folder, path), { withFileTypes: true })) {
      const inner = path ? `${path}/${found.name}` : found.name;
      const file = join(folder, inner);
      const mode = lstatSync(file).mode & 0o777;
      if (found.isDirectory()) {
        tree.set(inner, directory(mode));
        read(inner);
      } else if (found.isSymbolicLink()) tree.set(inner, link(readlinkSync(file)));
      else if (found.isFile()) tree.set(inner, fileFrom(file, mode));
    }
  };
  read("");
  return tree;
}

/** Puts trees over each other; of two entries at one path the later stays. Parents that none names are added. */
export function merged(...trees: readonly Tree[]): Tree {
  const all = new Map(trees.flatMap((tree) => [...tree]));
  for (const path of [...all.keys()]) {
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth++) {
      const parent = names.slice(0, depth).join("/");
      if (!all.has(parent)) all.set(parent, directory());
    }
  }
  return all;
}
