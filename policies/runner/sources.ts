import { closeSync, type Dirent, openSync, readdirSync, readSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Documents, largestFile, readDocuments } from "./documents.ts";

/** Stands for the standard input among paths. */
export const standardInput = "-";

export interface Surroundings {
  /** Paths are relative to this folder. */
  readonly directory: string;
  /** What the standard input holds, if it was read. */
  readonly input?: Buffer;
}

const manifests = /\.(ya?ml|json)$/i;
const markdown = /\.(md|markdown)$/i;

/**
 * Reads the objects of files and of folders with all that is below them: YAML and JSON, and the YAML blocks of Markdown where
 * a file of that is named itself. What in a folder is YAML and no object, such as a chart's values, is only counted; links to
 * folders are not followed.
 */
export function readSources(paths: readonly string[], { directory, input }: Surroundings): Documents {
  return together(
    paths.map((path) => {
      if (path === standardInput) return readText("standard input", input ?? Buffer.alloc(0));
      return guarded(path, () => readPath(path, resolve(directory, path)));
    }),
  );
}

function together(parts: readonly Documents[]): Documents {
  return {
    objects: parts.flatMap(({ objects }) => objects),
    problems: parts.flatMap(({ problems }) => problems),
    strangers: parts.flatMap(({ strangers }) => strangers),
  };
}

function problem(text: string): Documents {
  return { objects: [], problems: [text], strangers: [] };
}

/** One that cannot be read leaves the others to be. */
function guarded(name: string, read: () => Documents): Documents {
  try {
    return read();
  } catch (error) {
    return problem(`${name}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file or folder";
  if (code === "EACCES") return "may not be read by this user";
  if (code === "ELOOP") return "is a link that leads to itself";
  return message;
}

/** @param name as somebody wrote it */
function readPath(name: string, path: string): Documents {
  const stat = statSync(path);
  if (stat.isDirectory()) return readFolder(name, path);
  const { strangers, ...read } = readFile(name, path, stat);
  // Who names a file means it.
  return { ...read, problems: [...read.problems, ...strangers], strangers: [] };
}

function readFolder(name: string, path: string): Documents {
  const entries = readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "node_modules")
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return together(
    entries.map((entry) =>
      guarded(join(name, entry.name), () => readEntry(join(name, entry.name), join(path, entry.name), entry)),
    ),
  );
}

function readEntry(name: string, path: string, entry: Dirent): Documents {
  if (entry.isDirectory()) return readFolder(name, path);
  if (!manifests.test(entry.name)) return together([]);
  const stat = statSync(path);
  return stat.isFile() ? readFile(name, path, stat) : together([]);
}

function readFile(name: string, path: string, stat: Stats): Documents {
  // What a shell hands over as <(command) is a pipe; devices have no end.
  if (!stat.isFile() && !stat.isFIFO()) return problem(`${name}: is neither a file nor a folder`);
  if (stat.size > largestFile) return tooLarge(name);
  return readText(name, readUpTo(path, largestFile + 1));
}

/** The bytes of a file, whose end need not be known. */
function readUpTo(path: string, most: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const parts: Buffer[] = [];
    for (let size = 0; size < most; ) {
      const part = Buffer.alloc(64 * 1024);
      const count = readSync(descriptor, part);
      if (count === 0) break;
      parts.push(part.subarray(0, count));
      size += count;
    }
    return Buffer.concat(parts);
  } finally {
    closeSync(descriptor);
  }
}

function tooLarge(name: string): Documents {
  return problem(`${name}: is larger than ${largestFile / 1024 / 1024} MiB, more than is read. Split it.`);
}

function readText(name: string, bytes: Buffer): Documents {
  if (bytes.length > largestFile) return tooLarge(name);
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return problem(`${name}: is not text in UTF-8`);
  }
  return markdown.test(name) ? readBlocks(name, content) : readDocuments(name, content);
}

/** Reads the fenced blocks of a Markdown text that are in YAML: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function readBlocks(name: string, content: string): Documents {
  const blocks: Documents[] = [];
  const lines = content.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const fence = /^ {0,3}(`{3,}|~{3,})\s*ya?ml\b/i.exec(lines[index] ?? "")?.[1];
    if (!fence) continue;
    const first = index + 1;
    do index++;
    while (index < lines.length && !closes(lines[index] ?? "", fence));
    blocks.push(readDocuments(name, lines.slice(first, index).join("\n"), first + 1));
  }
  // Text around objects shows other YAML, too.
  return together(blocks.map((block) => ({ ...block, strangers: [] })));
}

function closes(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark.split("").every((character) => character === fence[0]);
}
