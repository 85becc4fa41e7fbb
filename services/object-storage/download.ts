import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Backup, dumpKey, type Folder, readFolder } from "./backups.ts";
import { Digest } from "./dump.ts";
import type { Store } from "./store.ts";

/** The word for the newest whole backup. */
const latest = "latest";

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
  const backup = chosen(await readFolder(store, folder), args);
  const digest = new Digest();
  const partial = `${file}.partial`;
  await pipeline(await store.read(dumpKey(folder, backup.name)), digest, createWriteStream(partial));
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

function chosen(
  { backups, incomplete }: Folder,
  { backup, folder }: { backup: string; folder: string },
): Backup {
  const found = backup === latest ? backups.at(-1) : backups.find(({ name }) => name === backup);
  if (found) return found;
  const why = incomplete.find(({ name }) => name === backup)?.why;
  const names = backups.map(({ name }) => name).join(", ") || "none";
  const problem = why === undefined ? "does not exist" : `cannot be used, as ${why}`;
  const subject = backup === latest ? "A backup" : `Backup ${backup}`;
  throw new Error(`${subject} ${problem} in folder ${folder}. Whole backups are: ${names}.`);
}
