import { LineCounter, parseAllDocuments, type Tags, type YAMLParseError } from "yaml";
import type { Given } from "../objects/stack.ts";
import { fields, list, text } from "../objects/values.ts";

/** Bytes of a file: larger ones are no manifests, and parsing takes longer than anyone waits. */
export const largestFile = 32 * 1024 * 1024;

/** How often aliases may be followed, those within aliases multiplied: what grows further is an attack. */
const maxAliasCount = 1000;

/** What a text holds: objects, and what could not be read as one. */
export interface Documents {
  readonly objects: readonly Given[];
  /** Each names file and line, what is wrong, and what to do; nothing of what stands there, which may be a credential. */
  readonly problems: readonly string[];
  /** The same of documents that are YAML, and no objects. */
  readonly strangers: readonly string[];
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
  const strangers: string[] = [];
  const lineOf = (offset: number) => lineCounter.linePos(offset).line + firstLine - 1;
  if (!Array.isArray(parsed)) return { objects, problems, strangers };
  for (const document of parsed) {
    const source = `${file}:${lineOf(document.contents?.range?.[0] ?? document.range[0])}`;
    const [error] = document.errors;
    if (error) {
      problems.push(
        `${file}:${lineOf(error.pos[0])}: ${wordsFor(error)}. Nothing of this document is judged.`,
      );
      continue;
    }
    const value = resolvedValue(() => document.toJS({ maxAliasCount }));
    if ("problem" in value) {
      problems.push(`${source}: ${value.problem}. Nothing of this document is judged.`);
      continue;
    }
    const found = objectsIn(value.value);
    objects.push(...found.objects.map((one) => ({ content: one, source })));
    strangers.push(...found.strangers.map((problem) => `${source}: ${problem}`));
  }
  return { objects, problems, strangers };
}

/** Errors whose words are about the text's form alone; those of others quote it. */
const formal = new Set([
  "BAD_INDENT",
  "BLOCK_AS_IMPLICIT_KEY",
  "BLOCK_IN_FLOW",
  "DUPLICATE_KEY",
  "KEY_OVER_1024_CHARS",
  "MISSING_CHAR",
  "MULTILINE_IMPLICIT_KEY",
  "MULTIPLE_ANCHORS",
  "MULTIPLE_TAGS",
  "TAB_AS_INDENT",
]);

function wordsFor({ code, message }: YAMLParseError | { code: string; message: string }): string {
  return formal.has(code) ? (message.split("\n")[0] ?? "") : `This is not YAML (${code})`;
}

/** What a document stands for, its aliases followed. */
function resolvedValue(read: () => unknown): { value: unknown } | { problem: string } {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    const isMissing = error instanceof ReferenceError && error.message.startsWith("Unresolved alias");
    return {
      problem: isMissing ? "An alias has no anchor before it" : "Aliases stand for more than is followed",
    };
  }
  try {
    JSON.stringify(value);
  } catch {
    return { problem: "An alias stands within what it stands for" };
  }
  return { value };
}

interface Found {
  readonly objects: readonly Given["content"][];
  /** Why the rest is no object. */
  readonly strangers: readonly string[];
}

/** The objects that a document holds. */
function objectsIn(value: unknown): Found {
  if (value === null || value === undefined) return { objects: [], strangers: [] };
  if (typeof value !== "object" || Array.isArray(value)) {
    const what = Array.isArray(value) ? "list" : typeof value;
    return { objects: [], strangers: [`is a ${what} where an object of Kubernetes is a mapping`] };
  }
  const object = fields(value);
  const kind = text(object.kind);
  if (kind === undefined || text(object.apiVersion) === undefined)
    return { objects: [], strangers: ["is no object of Kubernetes: it has no apiVersion or no kind"] };
  if (!kind.endsWith("List") || !Array.isArray(object.items)) return { objects: [object], strangers: [] };
  const items = list(object.items).map((item) => objectsIn(completed(item, object)));
  return {
    objects: items.flatMap(({ objects }) => objects),
    strangers: items.flatMap(({ strangers }) =>
      strangers.map((problem) => `an item of the ${kind} ${problem}`),
    ),
  };
}

/** The API server leaves out of a PodList's items that each is a Pod. */
function completed(item: unknown, { kind, apiVersion }: Given["content"]): unknown {
  const own = text(kind)?.slice(0, -"List".length);
  if (!own || typeof item !== "object" || item === null || Array.isArray(item)) return item;
  return { apiVersion, kind: own, ...item };
}
