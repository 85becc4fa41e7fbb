import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Logger } from "../runtime/logs.ts";
import {
  type Backup,
  chosenOf,
  dumpKey,
  type Folder,
  isSound,
  type Manifest,
  manifestKey,
  nameOf,
  readFolder,
  writeManifest,
} from "./backups.ts";
import { doubtOf } from "./doubt.ts";
import { Digest, readContents } from "./dump.ts";
import { type Retention, superseded } from "./retention.ts";
import type { Store } from "./store.ts";

/** Milliseconds after which nobody goes on with an upload: longer than a backup may be configured to take. */
const abandonedAfter = 24 * 3_600_000;

/** A backup that was just stored, and when, by the clock of the store. */
export interface Stored {
  readonly backup: Backup;
  readonly modified: Date;
}

/**
 * Stores a dump as a backup, in doubt or not. It counts as one only after it has been read back and is what was sent.
 *
 * @param args.file the dump, with what `pg_restore --list` says of it beside it
 */
export async function upload(
  store: Store,
  args: { readonly file: string; readonly folder: string },
): Promise<Stored> {
  const { file, folder } = args;
  const facts = await readContents(`${file}.contents`);
  const name = nameOf(facts.begun);
  const key = dumpKey(folder, name);
  const sent = await send(store, key, file);
  const { modified, ...stored } = await readBack(store, key);
  if (stored.sha256 !== sent.sha256 || stored.size !== sent.size)
    throw new Error(
      `The object storage does not give back what was stored: ${key} has ${stored.size} bytes with SHA-256 ` +
        `${stored.sha256}, and ${sent.size} bytes with ${sent.sha256} were sent. It does not count as a backup.`,
    );
  const dump = { ...facts, ...sent, modified, now: new Date() };
  const doubt = doubtOf(dump, await readFolder(store, folder));
  const manifest: Manifest = { form: 1, ...facts, ...sent, ...(doubt !== undefined && { doubt }) };
  await writeManifest(store, { folder, name, manifest });
  return { backup: { name, ...manifest }, modified };
}

/**
 * Deletes sound backups that are superseded, those in doubt that are older than all the sound ones that are kept, and what
 * interrupted programs have left behind. Everything else is left alone, as is what is still being uploaded.
 *
 * @param args.now by the clock of the store
 */
export async function prune(
  store: Store,
  args: {
    readonly folder: string;
    readonly content: Folder;
    readonly retention: Retention;
    readonly now: Date;
    readonly log: Logger;
  },
): Promise<void> {
  const { folder, content, retention, log } = args;
  const sound = content.backups.filter(isSound);
  const stale = superseded(
    sound.map(({ begun }) => begun),
    retention,
  );
  const kept = sound.map(({ name }) => name).filter((name) => !stale.includes(name));
  const [oldest = ""] = kept;
  const doubtful = content.backups.filter((backup) => !isSound(backup) && backup.name < oldest);
  const before = new Date(args.now.getTime() - abandonedAfter);
  const lost = content.unfinished.filter(({ modified }) => modified < before);
  for (const name of [...stale, ...[...doubtful, ...lost].map((one) => one.name)]) {
    await store.delete(manifestKey(folder, name));
    await store.delete(dumpKey(folder, name));
    log.info({ backup: name }, "a backup was deleted");
  }
  const freed = await store.abandonUploads(folder, before);
  if (freed.length > 0) log.info({ freed }, "what unfinished uploads had left was freed");
  log.info({ kept }, "these backups are kept");
}

/** Declares a backup that is in doubt to be good: the next ones are held against it. */
export async function accept(
  store: Store,
  args: { readonly backup: string; readonly folder: string },
): Promise<Backup> {
  const { folder } = args;
  const { name, doubt: _settled, ...manifest } = chosenOf(await readFolder(store, folder), args);
  await writeManifest(store, { folder, name, manifest });
  return { name, ...manifest };
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
  const { content, modified } = await store.read(key);
  await pipeline(content, digest, nowhere);
  return { size: digest.bytes, sha256: digest.sha256(), modified };
}
