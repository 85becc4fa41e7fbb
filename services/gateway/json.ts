import { parseJson } from "../runtime/json.ts";
import { Problem } from "../runtime/problems.ts";
import { problemTypes } from "./problems.ts";

/** Values in all, nested ones counted: one of three bytes can take a hundred in memory. */
export const maxValues = 500_000;

/**
 * The value of the JSON text of a submission. Besides what `parseJson` refuses: more than `maxValues` values, and objects
 * that have a name twice, of which only the last would be verified.
 *
 * @throws Problem `malformed-request`
 */
export function parseBody(bytes: Buffer): unknown {
  const flaw = flawIn(bytes.toString("utf8"));
  if (flaw) throw new Problem(problemTypes.malformedRequest, flaw);
  return parseJson(bytes);
}

/** An object or array that is open at some place of the text. */
interface Container {
  /** Names so far; undefined in an array. */
  readonly names: Set<string> | undefined;
  /** Whether a string here is a name. */
  expectsName: boolean;
}

/** Looks at each token once, without recursion. Whether the grammar holds is not its business. */
function flawIn(text: string): string | undefined {
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
