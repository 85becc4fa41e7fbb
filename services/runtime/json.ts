import { Problem, problemTypes } from "./problems.ts";

/** Deeper than any model is; what reads a value recursively must not run out of stack. */
const maxDepth = 64;

/**
 * Values in all, nested ones counted: one of three bytes can take a hundred in memory, and whatever is done with the
 * value takes time for each.
 */
export const maxValues = 100_000;

/** Names of one object: no model has so many, and to look them all up takes long. */
export const maxNames = 10_000;

/**
 * The value of a JSON text in UTF-8 from somebody who is not trusted. Beyond RFC 8259 it must be a value that has a
 * canonical form (RFC 8785), that a database can hold, and that does no harm when it is copied. No object may have a name
 * twice: of the two, only the last would count.
 *
 * @throws Problem `malformed-request` that says where and what
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const textFlaw = flawInText(text);
  if (textFlaw) throw unacceptable(textFlaw);
  const value = parse(text);
  const flaw = flawIn(value);
  if (flaw) throw unacceptable(flaw.detail, flaw.pointer);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unacceptable("The body is not UTF-8.");
  }
}

function parse(text: string): unknown {
  if (text.trim() === "") throw unacceptable("The body is empty.");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unacceptable(`The body is not JSON: ${(error as Error).message}.`);
  }
}

function unacceptable(detail: string, pointer?: string): Problem {
  const errors = pointer === undefined ? [] : [{ pointer, detail }];
  return new Problem(problemTypes.malformedRequest, detail, { errors });
}

/** A value inside of another one, found there by its name or index. */
interface Place {
  readonly value: unknown;
  readonly name: string | number;
  readonly parent?: Place;
  readonly depth: number;
}

interface Flaw {
  readonly pointer: string;
  readonly detail: string;
}

/** Something in the value that is not acceptable. Without recursion, as the value may be arbitrarily deep. */
function flawIn(root: unknown): Flaw | undefined {
  const open: Place[] = [{ value: root, name: "", depth: 0 }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value, depth } = place;
    const detail = isObject(value) ? flawOfObject(value, depth) : flawOfScalar(value);
    if (detail) return { pointer: pointerTo(place), detail };
    if (!isObject(value)) continue;
    // Most values are scalars without a flaw: a place for each would take many times the memory of the value.
    for (const [name, child] of Array.isArray(value) ? value.entries() : Object.entries(value))
      if (isObject(child) || flawOfScalar(child))
        open.push({ value: child, name, parent: place, depth: depth + 1 });
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** JSON Pointer (RFC 6901). */
function pointerTo({ name, parent }: Place): string {
  return parent ? `${pointerTo(parent)}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}` : "";
}

function flawOfObject(value: object, depth: number): string | undefined {
  if (depth > maxDepth) return `Values may be nested ${maxDepth} deep at most.`;
  if (Array.isArray(value)) return undefined;
  const names = Object.keys(value);
  if (names.includes("__proto__")) return 'The name "__proto__" is not allowed.';
  return names.map(flawOfText).find((flaw) => flaw !== undefined);
}

function flawOfScalar(value: unknown): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return "The number is too large.";
  return typeof value === "string" ? flawOfText(value) : undefined;
}

function flawOfText(text: string): string | undefined {
  if (text.includes("\0")) return "The character U+0000 is not allowed.";
  return text.isWellFormed() ? undefined : "Half of a surrogate pair (U+D800 to U+DFFF) is not a character.";
}

/** An object or array that is open at some place of the text. */
interface Container {
  /** Names so far; undefined in an array. */
  readonly names: Set<string> | undefined;
  /** Whether a string here is a name. */
  expectsName: boolean;
}

/** What is seen before there is a value: each token once, without recursion. Whether the grammar holds is not its business. */
function flawInText(text: string): string | undefined {
  const open: Container[] = [];
  let values = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const character = text[offset];
    const innermost = open.at(-1);
    if (character === "{" || character === "[" || character === ",") {
      values += 1;
      if (values > maxValues) return `The body has more than ${maxValues} values.`;
    }
    if (character === "{") open.push({ names: new Set(), expectsName: true });
    else if (character === "[") open.push({ names: undefined, expectsName: false });
    else if (character === "}" || character === "]") open.pop();
    else if (character === "," && innermost) innermost.expectsName = innermost.names !== undefined;
    else if (character === ":" && innermost) innermost.expectsName = false;
    else if (character === '"') {
      const end = endOfString(text, offset);
      if (innermost?.names && innermost.expectsName) {
        const name = unescaped(text.slice(offset, end));
        if (innermost.names.has(name))
          return `The name at offset ${offset} is in its object for the second time.`;
        innermost.names.add(name);
        if (innermost.names.size > maxNames) return `An object of the body has more than ${maxNames} names.`;
      }
      offset = end - 1;
    }
  }
  return undefined;
}

/** Offset behind the closing quote of the string that starts here, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    if (text[offset] === "\\") offset += 1;
    else if (text[offset] === '"') return offset + 1;
  }
  return text.length;
}

function unescaped(literal: string): string {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    // The text is no JSON at all, which the parser says better.
    return literal;
  }
}
