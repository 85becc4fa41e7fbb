import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Documents, largestFile, readDocuments } from "./documents.ts";

/** A path that stands for the standard input. */
export const standardInput = "-";

const manifests = /\.(ya?ml|json)$/i;
const markdown = /\.(md|markdown)$/i;

/**
 * Reads the objects of files and of folders with all that is below them: YAML and JSON, and the YAML blocks of Markdown where
 * a file of that is named itself.
 */
export function readSources(paths: readonly string[]): Documents {
  const read = paths.flatMap((path) => {
    try {
      return path === standardInput ? [readText("standard input", readFileSync(0))] : readPath(path);
    } catch (error) {
      return [{ objects: [], problems: [`${path}: ${reasonOf(error)}`] }];
    }
  });
  return {
    objects: read.flatMap(({ objects }) => objects),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file or folder";
  if (code === "EACCES") return "may not be read by this user";
  return message;
}

function readPath(path: string): Documents[] {
  const stat = statSync(path);
  if (!stat.isDirectory()) return [readFile(path, stat.size)];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return readPath(inner);
      return manifests.test(entry.name) ? [readFile(inner, statSync(inner).size)] : [];
    });
}

function readFile(path: string, size: number): Documents {
  if (size > largestFile) return tooLarge(path, size);
  return readText(path, readFileSync(path));
}

function tooLarge(path: string, size: number): Documents {
  const mebibytes = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
  const problem = `${path}: has ${mebibytes(size)} MiB; up to ${mebibytes(largestFile)} MiB are read. Split it.`;
  return { objects: [], problems: [problem] };
}

function readText(name: string, bytes: Buffer): Documents {
  if (bytes.length > largestFile) return tooLarge(name, bytes.length);
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { objects: [], problems: [`${name}: is not text in UTF-8`] };
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
  return {
    objects: blocks.flatMap(({ objects }) => objects),
    problems: blocks.flatMap(({ problems }) => problems),
  };
}

function closes(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark.split("").every((character) => character === fence[0]);
}
