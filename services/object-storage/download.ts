import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Backup, chosenOf, dumpKey, readFolder } from "./backups.ts";
import { Digest } from "./dump.ts";
import type { Store } from "./store.ts";

/**
 * Fetches the dump of a backup. The file is there only once it is known to be the one that was stored.
 *
 * @param args.backup its name, or `latest`
 * @throws Error when there is no such backup, or what comes is not what was stored
 */
export async function download(
  store: Store,
  args: { readonly backup: string; readonly folder: string; readonly file: string },
): Promise<Backup> {
  const { folder, file } = args;
  const backup = chosenOf(await readFolder(store, folder), args);
  const digest = new Digest();
  const partial = `${file}.partial`;
  const { content } = await store.read(dumpKey(folder, backup.name));
  await pipeline(content, digest, createWriteStream(partial));
  const sha256 = digest.sha256();
  if (digest.bytes !== backup.size || sha256 !== backup.sha256) {
    await rm(partial);
    throw new Error(
      `Backup ${backup.name} is damaged: its dump has ${digest.bytes} bytes with SHA-256 ${sha256}, and ${backup.size} ` +
        `bytes with ${backup.sha256} were stored. Restore another one.`,
    );
  }
  await rename(partial, file);
  return backup;
}
