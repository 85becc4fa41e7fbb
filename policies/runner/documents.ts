import { LineCounter, parseAllDocuments, type Tags } from "yaml";
import type { Given } from "../objects/stack.ts";
import { fields, list, text } from "../objects/values.ts";

/** Bytes of a file: larger ones are no manifests, and parsing takes longer than anyone waits. */
export const largestFile = 32 * 1024 * 1024;

/** How often aliases may be followed, those within aliases multiplied: what grows further is an attack. */
const maxAliasCount = 1000;

/** What a text holds: objects, and what could not be read as one. */
export interface Documents {
  readonly objects: readonly Given[];
  /** Each names file and line, what is wrong, and what to do. */
  readonly problems: readonly string[];
}

/** Kubernetes' own reader takes YAML 1.1's words for booleans, but knows no times: `12:30` is a text. */
const kubernetesTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === "string" || !(tag.format === "TIME" || tag.tag.endsWith(":timestamp")));

/**
 * Reads the Kubernetes objects of a YAML or JSON text, of however many documents; what kubectl calls a List is its items.
 *
 * @param file name of the text's file, for problems
 * @param firstLine line of the file that the text begins at. @default 1
 */
export function readDocuments(file: string, content: string, firstLine = 1): Documents {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(content, {
    lineCounter,
    version: "1.1",
    customTags: kubernetesTags,
    prettyErrors: false,
    logLevel: "silent",
  });
  const objects: Given[] = [];
  const problems: string[] = [];
  const lineOf = (offset: number) => lineCounter.linePos(offset).line + firstLine - 1;
  if (!Array.isArray(parsed)) return { objects, problems };
  for (const document of parsed) {
    const source = `${file}:${lineOf(document.contents?.range?.[0] ?? document.range[0])}`;
    const [error] = document.errors;
    if (error) {
      problems.push(
        `${file}:${lineOf(error.pos[0])}: ${error.message.split("\n")[0]}. Nothing of this document is judged.`,
      );
      continue;
    }
    try {
      const value: unknown = document.toJS({ maxAliasCount });
      refuseCycles(value);
      const found = objectsIn(value);
      if (typeof found === "string") problems.push(`${source}: ${found}`);
      else objects.push(...found.map((one) => ({ content: one, source })));
    } catch (failure) {
      problems.push(`${source}: ${(failure as Error).message}. Nothing of this document is judged.`);
    }
  }
  return { objects, problems };
}

/** @throws Error when an alias stands within what it stands for */
function refuseCycles(value: unknown): void {
  try {
    JSON.stringify(value);
  } catch {
    throw new Error("An alias stands within what it stands for");
  }
}

/** The objects that a document holds, or why it holds none. */
function objectsIn(value: unknown): Given["content"][] | string {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object" || Array.isArray(value))
    return `is a ${Array.isArray(value) ? "list" : typeof value} where an object of Kubernetes is a mapping`;
  const object = fields(value);
  const kind = text(object.kind);
  if (kind === undefined || text(object.apiVersion) === undefined)
    return "is no object of Kubernetes: it has no apiVersion or no kind";
  if (!kind.endsWith("List") || !Array.isArray(object.items)) return [object];
  return list(object.items).flatMap((item) => {
    const inner = objectsIn(item);
    return typeof inner === "string" ? [] : inner;
  });
}
