import { createReadStream } from "node:fs";
import type { Entry, Tree } from "./tree.ts";

const block = 512;
const types = { file: "0", link: "2", directory: "5" } as const;

/**
 * Writes a tree as a tar archive (POSIX ustar), piece by piece. The same tree gives the same bytes anywhere: entries are
 * in the order of their paths, times are zero, owners are numbers.
 *
 * @throws Error when an entry cannot be written in this form, or a file changes while it is read
 */
export async function* tarOf(tree: Tree): AsyncGenerator<Buffer> {
  for (const [path, entry] of sorted(tree)) {
    yield header(path, entry);
    if (entry.kind !== "file") continue;
    if (Buffer.isBuffer(entry.content)) yield entry.content;
    else yield* contentOf(entry.content);
    yield Buffer.alloc(padding(sizeOf(entry)));
  }
  yield Buffer.alloc(2 * block);
}

/** By code units, so that the order is the same under every locale; a directory comes before what is in it. */
export function sorted(tree: Tree): [string, Entry][] {
  return [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function* contentOf({ file, size }: { file: string; size: number }): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
    read += (piece as Buffer).length;
    yield piece as Buffer;
  }
  if (read !== size)
    throw new Error(`${file} changed while it was read: it had ${size} bytes and gave ${read}`);
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format" */
function header(path: string, entry: Entry): Buffer {
  const bytes = Buffer.alloc(block);
  const name = entry.kind === "directory" ? `${path}/` : path;
  const owner = (entry.kind === "directory" && entry.owner) || { uid: 0, gid: 0 };
  const [prefix, rest] = split(name);
  put(bytes, 0, 100, rest, path);
  putNumber(bytes, 100, 8, entry.kind === "link" ? 0o777 : entry.mode);
  putNumber(bytes, 108, 8, owner.uid);
  putNumber(bytes, 116, 8, owner.gid);
  putNumber(bytes, 124, 12, sizeOf(entry));
  putNumber(bytes, 136, 12, 0);
  bytes.fill(" ", 148, 156);
  put(bytes, 156, 1, types[entry.kind], path);
  if (entry.kind === "link") put(bytes, 157, 100, entry.target, path);
  put(bytes, 257, 8, "ustar\u000000", path);
  put(bytes, 345, 155, prefix, path);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

/** A name has 100 bytes; of a longer one whole directories go to the prefix, which has 155. */
function split(name: string): [prefix: string, rest: string] {
  if (Buffer.byteLength(name) <= 100) return ["", name];
  for (let cut = name.indexOf("/"); cut !== -1; cut = name.indexOf("/", cut + 1)) {
    const rest = name.slice(cut + 1);
    if (rest && Buffer.byteLength(rest) <= 100) return [name.slice(0, cut), rest];
  }
  return ["", name];
}

function put(bytes: Buffer, offset: number, length: number, value: string, path: string): void {
  if (Buffer.byteLength(value) > length) {
    throw new Error(`${path} does not fit into a ustar archive: "${value}" is longer than ${length} bytes`);
  }
  bytes.write(value, offset);
}

function putNumber(bytes: Buffer, offset: number, length: number, value: number): void {
  bytes.write(value.toString(8).padStart(length - 1, "0"), offset, "latin1");
}

function sizeOf(entry: Entry): number {
  if (entry.kind !== "file") return 0;
  return Buffer.isBuffer(entry.content) ? entry.content.length : entry.content.size;
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}
