import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Logger } from "../runtime/logs.ts";
import {
  type Backup,
  dumpKey,
  type Manifest,
  manifestKey,
  manifestText,
  nameOf,
  readFolder,
} from "./backups.ts";
import { Digest, readContents } from "./dump.ts";
import { type Retention, superseded } from "./retention.ts";
import type { Store } from "./store.ts";

/** Milliseconds after which nobody goes on with an upload: longer than a backup may be configured to take. */
const abandonedAfter = 24 * 3_600_000;

/**
 * Stores a dump as a backup. It counts as one only after it has been read back and is what was sent.
 *
 * @param args.file the dump, with what `pg_restore --list` says of it beside it
 */
export async function upload(
  store: Store,
  args: { readonly file: string; readonly folder: string },
): Promise<Backup> {
  const { file, folder } = args;
  const facts = await readContents(`${file}.contents`);
  const name = nameOf(facts.begun);
  const key = dumpKey(folder, name);
  const sent = await send(store, key, file);
  const stored = await readBack(store, key);
  if (stored.sha256 !== sent.sha256 || stored.size !== sent.size)
    throw new Error(
      `The object storage does not give back what was stored: ${key} has ${stored.size} bytes with SHA-256 ` +
        `${stored.sha256}, and ${sent.size} bytes with ${sent.sha256} were sent. It does not count as a backup.`,
    );
  const manifest: Manifest = { form: 1, ...facts, ...sent };
  await store.write(manifestKey(folder, name), manifestText(manifest));
  return { name, ...manifest };
}

/**
 * Deletes backups that are superseded, and what interrupted programs have left behind. What is still being uploaded is
 * left alone, and so is everything that it cannot account for while there is no whole backup.
 */
export async function prune(
  store: Store,
  args: { readonly folder: string; readonly retention: Retention; readonly log: Logger },
): Promise<void> {
  const { folder, retention, log } = args;
  const { backups, incomplete } = await readFolder(store, folder);
  for (const { name, why } of incomplete) log.warn({ backup: name, why }, "this is no whole backup");
  if (backups.length === 0) return;
  const stale = superseded(
    backups.map(({ begun }) => begun),
    retention,
  );
  const before = new Date(Date.now() - abandonedAfter);
  const lost = incomplete.filter(({ modified }) => modified < before).map(({ name }) => name);
  for (const name of [...stale, ...lost]) {
    await store.delete(manifestKey(folder, name));
    await store.delete(dumpKey(folder, name));
    log.info({ backup: name }, "a backup was deleted");
  }
  const freed = await store.abandonUploads(folder, before);
  if (freed.length > 0) log.info({ freed }, "what unfinished uploads had left was freed");
  const kept = backups.map(({ name }) => name).filter((name) => !stale.includes(name));
  log.info({ kept }, "these backups are kept");
}

async function send(store: Store, key: string, file: string) {
  const { size } = await stat(file);
  const digest = new Digest();
  const content = createReadStream(file);
  content.on("error", (error) => digest.destroy(error));
  await store.upload(key, content.pipe(digest), { size });
  if (digest.bytes !== size)
    throw new Error(`${file} has ${size} bytes, but ${digest.bytes} were read: it changed meanwhile.`);
  return { size, sha256: digest.sha256() };
}

async function readBack(store: Store, key: string) {
  const digest = new Digest();
  const nowhere = new Writable({ write: (_chunk, _encoding, callback) => callback() });
  await pipeline(await store.read(key), digest, nowhere);
  return { size: digest.bytes, sha256: digest.sha256() };
}
