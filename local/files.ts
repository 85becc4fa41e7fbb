import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";

/** The text of a file, or undefined when there is none. Other errors are thrown. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Writes a file whole or not at all, and only when its text differs, so that a command running beside sees no change.
 *
 * @param mode permissions of the file. @default the owner's alone
 */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  if (readIfThere(file) === text) return;
  mkdirSync(dirname(file), { recursive: true });
  // Hidden, as who watches the folder (a kubelet its manifests) would take it for one more file.
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  writeFileSync(part, text, { mode });
  chmodSync(part, mode);
  renameSync(part, file);
}

/** A YAML mapping. */
export type Mapping = Readonly<Record<string, unknown>>;

/**
 * Reads a YAML text that must be a mapping of keys to values.
 *
 * @param text undefined when there is no such file
 * @throws Error that names the file, and what is in the place of a mapping
 */
export function parseMapping(file: string, text: string | undefined): Mapping {
  if (text === undefined) throw new Error(`${file} is missing; it must be a YAML mapping of keys to values`);
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new Error(`${file} is not YAML: ${(error as Error).message.trimEnd()}`);
  }
  return requireMapping(file, content);
}

/** @throws Error that names what the value is of, unless it is a mapping */
export function requireMapping(what: string, value: unknown): Mapping {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Mapping;
  const found =
    value === null || value === undefined ? "empty" : Array.isArray(value) ? "a list" : "one value";
  throw new Error(`${what} must be a YAML mapping of keys to values; it is ${found}`);
}
