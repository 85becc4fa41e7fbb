/**
 * Backups in a folder of the bucket. One is two objects: NAME.dump, and NAME.json, which says what the dump is. The second
 * is written last, once the first has been read back, and deleted first: where it stands, the dump is whole.
 */
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Store, StoredObject } from "./store.ts";

const manifestSchema = z.object({
  /** Of this form; another one is for another version of the program. */
  form: z.literal(1),
  /** When the dump began: what it holds is the database of this moment. */
  begun: z.iso.datetime(),
  database: z.string(),
  /** Version of the server that was dumped. */
  serverVersion: z.string(),
  /** Of the dump, in bytes. */
  size: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Why it may not hold what it should: see `doubtOf`. @default it is sound */
  doubt: z.string().optional(),
});

/** What is known of a dump. */
export type Manifest = z.output<typeof manifestSchema>;

/** A backup that is whole as far as can be told without reading it. */
export interface Backup extends Manifest {
  readonly name: string;
}

/** What a folder holds. */
export interface Folder {
  /** Whole backups, the oldest first. */
  readonly backups: readonly Backup[];
  /** Dumps without a manifest: what interrupted programs have left, or what is being stored right now. */
  readonly unfinished: readonly { readonly name: string; readonly modified: Date }[];
  /** What has a manifest and is no whole backup: it is damaged, or of another version of the program. */
  readonly unusable: readonly { readonly name: string; readonly why: string }[];
}

/** The word for the newest backup. */
const latest = "latest";

/** Name of the backup that began at a time: names sort as times do. */
export function nameOf(begun: string): string {
  return begun.replaceAll(":", "-");
}

export function dumpKey(folder: string, name: string): string {
  return `${folder}/${name}.dump`;
}

export function manifestKey(folder: string, name: string): string {
  return `${folder}/${name}.json`;
}

/** Writes a manifest, which makes a stored dump a backup. */
export async function writeManifest(
  store: Store,
  { folder, name, manifest }: { readonly folder: string; readonly name: string; readonly manifest: Manifest },
): Promise<void> {
  await store.write(manifestKey(folder, name), `${JSON.stringify(manifest, null, 2)}\n`);
}

export function isSound({ doubt }: Manifest): boolean {
  return doubt === undefined;
}

/**
 * The backup of a name in a folder; `latest` is the newest.
 *
 * @throws Error when it is not there or cannot be used, or the newest is in doubt: then somebody has to choose
 */
export function chosenOf(
  { backups, unfinished, unusable }: Folder,
  { backup, folder }: { readonly backup: string; readonly folder: string },
): Backup {
  const found = backup === latest ? backups.at(-1) : backups.find(({ name }) => name === backup);
  const names = backups.map(({ name }) => name).join(", ") || "none";
  const whole = `in folder ${folder}. Whole backups are: ${names}.`;
  if (found?.doubt !== undefined && backup === latest)
    throw new Error(
      `The newest backup, ${found.name}, is in doubt, as ${found.doubt}: name the one to take ${whole}`,
    );
  if (found) return found;
  const why = unfinished.some(({ name }) => name === backup)
    ? "it has no manifest"
    : unusable.find(({ name }) => name === backup)?.why;
  const problem = why === undefined ? "does not exist" : `cannot be used, as ${why}`;
  throw new Error(`${backup === latest ? "A backup" : `Backup ${backup}`} ${problem} ${whole}`);
}

const partOfBackup = /^(?<name>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.(?<kind>dump|json)$/;

/** The backups of a folder; what is called otherwise than their parts is left alone. */
export async function readFolder(store: Store, folder: string): Promise<Folder> {
  const parts = new Map<string, { dump?: StoredObject; manifest?: StoredObject }>();
  for (const object of await store.list(folder)) {
    const { name, kind = "" } = partOfBackup.exec(object.key.slice(folder.length + 1))?.groups ?? {};
    if (name) parts.set(name, { ...parts.get(name), [kind === "dump" ? "dump" : "manifest"]: object });
  }
  const backups: Backup[] = [];
  const unfinished: { name: string; modified: Date }[] = [];
  const unusable: { name: string; why: string }[] = [];
  for (const [name, { dump, manifest: stored }] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const manifest = stored && (await readManifest(store, stored.key));
    if (dump && !stored) unfinished.push({ name, modified: dump.modified });
    else if (!manifest) unusable.push({ name, why: "its manifest cannot be understood" });
    else if (dump?.size !== manifest.size)
      unusable.push({ name, why: sizeProblem(dump?.size, manifest.size) });
    else backups.push({ name, ...manifest });
  }
  return { backups, unfinished, unusable };
}

/** The manifest; undefined where it cannot be understood. */
async function readManifest(store: Store, key: string): Promise<Manifest | undefined> {
  const content = await text((await store.read(key)).content);
  try {
    return manifestSchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

function sizeProblem(found: number | undefined, size: number): string {
  return found === undefined ? "it has no dump" : `its dump has ${found} bytes instead of ${size}`;
}
