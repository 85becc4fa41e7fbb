import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Transform, type TransformCallback } from "node:stream";

/** What a dump says of itself. */
export interface DumpFacts {
  /** When pg_dump began, RFC 3339 in UTC. */
  readonly begun: string;
  readonly database: string;
  readonly serverVersion: string;
}

/**
 * Reads the head of what `pg_restore --list` writes of a dump, in UTC.
 *
 * @throws Error that names what it does not say
 */
export async function readContents(file: string): Promise<DumpFacts> {
  const contents = await readFile(file, "utf8");
  const find = (what: string, pattern: RegExp) => {
    const found = pattern.exec(contents)?.[1];
    if (!found) throw new Error(`${file} does not say ${what}: it must be the output of pg_restore --list.`);
    return found;
  };
  const made = find(
    "when the archive was created",
    /^; Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$/m,
  );
  return {
    begun: `${made.replace(" ", "T")}Z`,
    database: find("which database it is of", /^;\s+dbname: (.+)$/m),
    serverVersion: find("which server it is of", /^;\s+Dumped from database version: (\S+)/m),
  };
}

/** Passes a stream on, and knows its size and digest when it has ended. */
export class Digest extends Transform {
  readonly #hash = createHash("sha256");
  /** So far. Not `size`: the SDK would take that for the size of the whole. */
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    callback(null, chunk);
  }

  /** Of the whole stream, once it has ended; to be asked for once. */
  sha256(): string {
    return this.#hash.digest("hex");
  }
}
