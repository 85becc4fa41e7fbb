/**
 * Backups in a folder of the bucket. One is two objects: NAME.dump, and NAME.json, which says what the dump is. The second
 * is written last, once the first has been read back, and deleted first: where it stands, the dump is whole.
 */
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Store } from "./store.ts";

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
  /** Of dumps and manifests that are no whole backup: what interrupted programs have left, or damage. */
  readonly incomplete: readonly { readonly name: string; readonly why: string; readonly modified: Date }[];
}

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

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const partOfBackup = /^(?<name>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.(?<kind>dump|json)$/;

/** The backups of a folder; what is called otherwise than their parts is left alone. */
export async function readFolder(store: Store, folder: string): Promise<Folder> {
  const parts = new Map<string, { dump?: number; hasManifest?: true; modified: Date }>();
  for (const { key, size, modified } of await store.list(folder)) {
    const { name, kind } = partOfBackup.exec(key.slice(folder.length + 1))?.groups ?? {};
    if (!name) continue;
    const known = parts.get(name) ?? { modified };
    parts.set(name, {
      ...known,
      ...(kind === "dump" ? { dump: size } : { hasManifest: true }),
      modified: modified > known.modified ? modified : known.modified,
    });
  }
  const backups: Backup[] = [];
  const incomplete: { name: string; why: string; modified: Date }[] = [];
  for (const [name, { dump, hasManifest, modified }] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const manifest = hasManifest
      ? await readManifest(store, manifestKey(folder, name))
      : "it has no manifest";
    if (typeof manifest === "string") incomplete.push({ name, why: manifest, modified });
    else if (dump !== manifest.size)
      incomplete.push({ name, why: sizeProblem(dump, manifest.size), modified });
    else backups.push({ name, ...manifest });
  }
  return { backups, incomplete };
}

/** The manifest, or what is wrong with it. */
async function readManifest(store: Store, key: string): Promise<Manifest | string> {
  const content = await text(await store.read(key));
  try {
    return manifestSchema.parse(JSON.parse(content));
  } catch {
    return "its manifest cannot be understood";
  }
}

function sizeProblem(found: number | undefined, size: number): string {
  return found === undefined ? "it has no dump" : `its dump has ${found} bytes instead of ${size}`;
}
