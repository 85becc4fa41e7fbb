import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { sorted, tarOf } from "./tar.ts";
import type { Entry, Tree } from "./tree.ts";

/** A layer that is ready to be part of images. */
export interface Layer {
  /** `sha256:HEX` of the compressed layer. */
  readonly digest: string;
  /** `sha256:HEX` of the tar archive in it. */
  readonly diffId: string;
  /** Bytes, compressed. */
  readonly size: number;
}

/** Counts up when the same tree gives another layer. */
const form = 1;
const day = 24 * 3600 * 1000;
const unusedDays = 60;

/**
 * Layers that were made before, in a folder of the tool cache. A layer is known by the entries of its tree, files of this
 * machine by their path, size and time, so that what has not changed is neither read nor compressed again.
 */
export class LayerStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Path of a layer's compressed archive. */
  blob({ digest }: Pick<Layer, "digest">): string {
    return join(this.#folder, "blobs", digest.replace(":", "-"));
  }

  /** The layer of a tree: one from before, or made now. */
  async layer(tree: Tree, signal: AbortSignal): Promise<Layer> {
    const record = join(this.#folder, "layers", `${identity(tree)}.json`);
    const known = await this.#known(record);
    if (known) return known;
    const draft = join(this.#folder, "making", randomUUID());
    await mkdir(dirname(draft), { recursive: true });
    try {
      const layer = await compress(tree, draft, signal);
      await place(draft, this.blob(layer));
      await writeFile(draft, JSON.stringify(layer));
      await place(draft, record);
      return layer;
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Removes what no checkout has used for two months. */
  async removeUnused(): Promise<void> {
    for (const part of ["blobs", "layers", "making"]) {
      for (const name of await readdir(join(this.#folder, part)).catch(() => [])) {
        const file = join(this.#folder, part, name);
        const found = await stat(file).catch(() => undefined);
        if (found && Date.now() - found.mtimeMs > unusedDays * day) await rm(file, { force: true });
      }
    }
  }

  async #known(record: string): Promise<Layer | undefined> {
    try {
      const layer = JSON.parse(await readFile(record, "utf8")) as Layer;
      const { size } = await stat(this.blob(layer));
      if (size !== layer.size) return undefined;
      // A cache that cannot be written to is as good for reading.
      for (const file of [record, this.blob(layer)])
        await utimes(file, new Date(), new Date()).catch(() => {});
      return layer;
    } catch {
      return undefined;
    }
  }
}

/** `sha256:HEX` of bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

async function compress(tree: Tree, file: string, signal: AbortSignal): Promise<Layer> {
  const content = createHash("sha256");
  const observed = async function* (pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      content.update(piece);
      yield piece;
    }
  };
  await pipeline(tarOf(tree), observed, createGzip(), createWriteStream(file), { signal });
  const compressed = createHash("sha256");
  await pipeline(createReadStream(file), compressed, { signal });
  return {
    digest: `sha256:${compressed.digest("hex")}`,
    diffId: `sha256:${content.digest("hex")}`,
    size: (await stat(file)).size,
  };
}

async function place(draft: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await rename(draft, file);
}

function identity(tree: Tree): string {
  const hash = createHash("sha256").update(`${form}`);
  for (const [path, entry] of sorted(tree)) hash.update(`${JSON.stringify([path, known(entry)])}\n`);
  return hash.digest("hex");
}

function known(entry: Entry): unknown {
  if (entry.kind !== "file" || !Buffer.isBuffer(entry.content)) return entry;
  return { ...entry, content: digestOf(entry.content) };
}
