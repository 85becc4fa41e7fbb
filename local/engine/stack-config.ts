import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { type Mapping, parseMapping, requireMapping } from "../files.ts";

/** Keys of a stack's file that belong to one backend's encryption and mean nothing to another. */
const encryptionKeys = ["encryptionsalt", "encryptedkey", "secretsprovider"];

/** What became of a stack's configuration file. */
export interface MergedConfig {
  /** The new copy, as YAML. */
  readonly text: string;
  /** Secret values of the tracked file that only its own backend can decrypt, by key; the copy lacks them. */
  readonly unreadable: readonly string[];
}

/**
 * Reads the text of a stack's configuration file.
 *
 * @throws Error that names the file when it, or its `config`, is no mapping
 */
export function parseStackConfig(file: string, text: string | undefined): Mapping {
  const document = parseMapping(file, text);
  requireMapping(`"config" of ${file}`, document.config ?? {});
  return document;
}

/**
 * Merges the stack's tracked configuration file into the copy that local commands read and write, key by key: what
 * changed in the tracked file since the last merge wins, everything else stays as it is in the copy.
 *
 * @param base the tracked file at the last merge; undefined the first time
 * @param tracked the tracked file now
 * @param copy the copy now; undefined the first time, and when it was lost: then everything is new to it
 * @param set values that the copy gets in any case
 */
export function mergeStackConfig(args: {
  base?: Mapping | undefined;
  tracked: Mapping;
  copy?: Mapping | undefined;
  set: Mapping;
}): MergedConfig {
  const base = portable((args.copy && args.base) ?? {});
  const tracked = portable(args.tracked);
  const copy = args.copy ?? {};
  const merged = merge(base.document, tracked.document, copy);
  const config = merge(configOf(base.document), configOf(tracked.document), configOf(copy));
  return {
    text: stringify({ ...merged, config: { ...config, ...args.set } }, { lineWidth: 0 }),
    unreadable: tracked.unreadable.filter((key) => !(key in config)),
  };
}

function merge(base: Mapping, tracked: Mapping, copy: Mapping): Mapping {
  const keys = new Set([...Object.keys(tracked), ...Object.keys(copy)]);
  return Object.fromEntries(
    [...keys].flatMap((key) => {
      const source = isDeepStrictEqual(base[key], tracked[key]) ? copy : tracked;
      return key in source ? [[key, source[key]]] : [];
    }),
  );
}

/** The document without what only its own backend can decrypt. */
function portable(document: Mapping): { document: Mapping; unreadable: string[] } {
  const config = configOf(document);
  const unreadable = Object.keys(config).filter((key) => isEncrypted(config[key]));
  const readable = Object.entries(config).filter(([key]) => !unreadable.includes(key));
  const rest = Object.entries(document).filter(([key]) => !encryptionKeys.includes(key));
  return { document: { ...Object.fromEntries(rest), config: Object.fromEntries(readable) }, unreadable };
}

function isEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === "secure") return true;
  return Object.values(value).some(isEncrypted);
}

function configOf(document: Mapping): Mapping {
  return (document.config ?? {}) as Mapping;
}
