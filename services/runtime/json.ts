import { Problem, problemTypes } from "./problems.ts";

/** Deeper than any model is; what reads a value recursively must not run out of stack. */
const maxDepth = 64;

/**
 * The value of a JSON text in UTF-8 from somebody who is not trusted. Beyond RFC 8259 it must be a value that has a
 * canonical form (RFC 8785), that a database can hold, and that does no harm when it is copied.
 *
 * @throws Problem `malformed-request` that says where and what
 */
export function parseJson(bytes: Uint8Array): unknown {
  const value = parse(decode(bytes));
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
