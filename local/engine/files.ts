import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The text of a file, or undefined when there is none. Other errors are thrown. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all, and only when it differs, so that a command running beside sees no change. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  if (readIfThere(file) === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, text, { mode });
  chmodSync(part, mode);
  renameSync(part, file);
}
