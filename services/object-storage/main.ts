/** One-shot program of the object storage. Its argument says what it does: see `storageModes` of the contract. */
import { type StorageMode, storageModes } from "../../components/contract/object-storage.ts";
import { type ProgramContext, runTask } from "../runtime/lifecycle.ts";
import type { Logger } from "../runtime/logs.ts";
import type { Variable } from "../runtime/settings.ts";
import { type Folder, isSound, readFolder } from "./backups.ts";
import { assertNewest } from "./doubt.ts";
import { download } from "./download.ts";
import { storeOf } from "./store.ts";
import { accept, prune, upload } from "./upload.ts";

type Context<Mode extends StorageMode> = ProgramContext<(typeof storageModes)[Mode][number]>;
/** A program that is called in a way that it does not know: EX_USAGE of sysexits.h. */
const badUsageExitCode = 64;

const [mode] = process.argv.slice(2);
switch (mode) {
  case "ensure-buckets":
    await runTask({ settings: storageModes[mode], run: ensureBucket });
    break;
  case "upload":
    await runTask({ settings: storageModes[mode], run: storeBackup });
    break;
  case "download":
    await runTask({ settings: storageModes[mode], run: fetchBackup });
    break;
  case "list":
    await runTask({ settings: storageModes[mode], run: listBackups });
    break;
  case "accept":
    await runTask({ settings: storageModes[mode], run: acceptBackup });
    break;
  default: {
    const modes = Object.keys(storageModes).join(", ");
    process.stderr.write(`The first argument is ${mode ?? "missing"}; it must be one of ${modes}.\n`);
    process.exit(badUsageExitCode);
  }
}

async function ensureBucket(context: Context<"ensure-buckets">): Promise<void> {
  const { log, settings } = context;
  const made = await storeFor(context).ensureBucket();
  log.info({ bucket: settings.OBJECT_STORAGE_BUCKET }, made ? "the bucket was made" : "the bucket is there");
}

async function storeBackup(context: Context<"upload">): Promise<void> {
  const { log, settings } = context;
  const store = storeFor(context);
  const folder = settings.BACKUP_FOLDER;
  const { backup, modified: now } = await upload(store, { file: settings.DUMP_FILE, folder });
  const { name, ...facts } = backup;
  log.info({ backup: name, ...facts }, "the backup is stored, and can be read back");
  if (facts.doubt !== undefined)
    throw new Error(
      `Backup ${name} is stored, and in doubt: ${facts.doubt}. No other one is deleted until a backup is sound again, or ` +
        "somebody accepts this one: docs/backup.md, A backup in doubt.",
    );
  const content = await readFolder(store, folder);
  report(content, log);
  assertNewest(backup, content);
  const retention = {
    latest: settings.BACKUP_KEEP_LATEST,
    daily: settings.BACKUP_KEEP_DAILY,
    weekly: settings.BACKUP_KEEP_WEEKLY,
  };
  try {
    await prune(store, { folder, content, retention, now, log });
  } catch (err) {
    // The backup is good. A key pair that may not delete, so that whoever steals it cannot either, is a fair choice.
    log.error({ err }, "superseded backups could not be deleted");
  }
}

async function fetchBackup(context: Context<"download">): Promise<void> {
  const { log, settings } = context;
  const { BACKUP: backup, BACKUP_FOLDER: folder, DUMP_FILE: file } = settings;
  const { name, ...facts } = await download(storeFor(context), { backup, folder, file });
  log.info({ backup: name, ...facts }, "the backup is here, as it was stored");
}

async function listBackups(context: Context<"list">): Promise<void> {
  const { log, settings } = context;
  const content = await readFolder(storeFor(context), settings.BACKUP_FOLDER);
  for (const { name, ...facts } of content.backups.filter(isSound))
    log.info({ backup: name, ...facts }, "a backup");
  report(content, log);
}

async function acceptBackup(context: Context<"accept">): Promise<void> {
  const { log, settings } = context;
  const { BACKUP: backup, BACKUP_FOLDER: folder } = settings;
  const { name, ...facts } = await accept(storeFor(context), { backup, folder });
  log.info({ backup: name, ...facts }, "the backup is no longer in doubt");
}

/** What of a folder is no sound backup. */
function report({ backups, unfinished, unusable }: Folder, log: Logger): void {
  for (const { name, doubt } of backups)
    if (doubt !== undefined) log.warn({ backup: name, why: doubt }, "this backup is in doubt");
  for (const { name } of unfinished)
    log.warn({ backup: name, why: "it has no manifest" }, "this is no whole backup");
  for (const { name, why } of unusable) log.error({ backup: name, why }, "this is no whole backup");
}

function storeFor<V extends Variable>(context: ProgramContext<V | Bucket>) {
  const store = storeOf(context.settings);
  context.onStop("object storage", () => store.close());
  return store;
}

type Bucket = (typeof storageModes)["ensure-buckets"][number];
