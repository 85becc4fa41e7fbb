/**
 * What the programs of object storage and backup get from the stack, besides the runtime contract: components fill it in,
 * programs read it. It imports nothing.
 */

/** Environment variables; values are strings in the stated form. */
export const objectStorageVariables = {
  OBJECT_STORAGE_ENDPOINT: "URL of the S3 API, without a bucket",
  OBJECT_STORAGE_REGION: "region that requests are signed for",
  OBJECT_STORAGE_BUCKET: "name of the bucket",
  BACKUP_FOLDER: "folder of the bucket that holds the backups of one stack, and of no other",
  BACKUP_KEEP_LATEST: "how many of the latest backups are kept",
  BACKUP_KEEP_DAILY: "of how many of the latest days with a backup the last one is kept",
  BACKUP_KEEP_WEEKLY: "of how many of the latest weeks with a backup the last one is kept",
  BACKUP: "name of a backup; of the one to restore, or latest",
  DUMP_FILE:
    "path of the dump in scratch space; beside it, with .contents after its name, is what pg_restore lists of it",
} as const;

/** The name of such a variable. */
export type ObjectStorageVariable = keyof typeof objectStorageVariables;

/** Where the bucket is. */
export const bucketVariables = [
  "OBJECT_STORAGE_ENDPOINT",
  "OBJECT_STORAGE_REGION",
  "OBJECT_STORAGE_BUCKET",
] as const satisfies readonly ObjectStorageVariable[];

/** What the one program of the image does, by its first argument, and the variables that it reads for it. */
export const storageModes = {
  /** Makes the bucket if it is not there. */
  "ensure-buckets": bucketVariables,
  /** Stores a dump as a backup, proves that it can be read back, and deletes the ones that are superseded, unless it is in doubt. */
  upload: [
    ...bucketVariables,
    "BACKUP_FOLDER",
    "BACKUP_KEEP_LATEST",
    "BACKUP_KEEP_DAILY",
    "BACKUP_KEEP_WEEKLY",
    "DUMP_FILE",
  ],
  /** Fetches the dump of a backup. */
  download: [...bucketVariables, "BACKUP_FOLDER", "BACKUP", "DUMP_FILE"],
  /** Logs every backup; by hand: docs/backup.md. */
  list: [...bucketVariables, "BACKUP_FOLDER"],
  /** Declares a backup that is in doubt to be good; by hand: docs/backup.md. */
  accept: [...bucketVariables, "BACKUP_FOLDER", "BACKUP"],
} as const satisfies Readonly<Record<string, readonly ObjectStorageVariable[]>>;

export type StorageMode = keyof typeof storageModes;
