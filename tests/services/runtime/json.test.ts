import { describe, expect, it } from "vitest";
import { parseJson } from "../../../services/runtime/json.ts";
import type { Problem } from "../../../services/runtime/problems.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Why a text is refused, and where. */
function refusalOf(input: Uint8Array) {
  try {
    parseJson(input);
  } catch (error) {
    const { type, message, errors } = error as Problem;
    return { type: type.id, detail: message, pointer: errors[0]?.pointer };
  }
  return undefined;
}

describe("parseJson", () => {
  it("gives the value", () => {
    const value = { model: { links: [1, -2.5, null, true, "é🙂"], "": {} } };
    expect(parseJson(bytes(JSON.stringify(value)))).toEqual(value);
  });

  it.each([
    ["an empty text", bytes(" \n"), "The body is empty.", undefined],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "The body is not UTF-8.", undefined],
    ["a number beyond all", bytes('{"a":[0,1e400]}'), "The number is too large.", "/a/1"],
    ["NUL in a value", bytes('{"a/b":"\\u0000"}'), "The character U+0000 is not allowed.", "/a~1b"],
    ["NUL in a name", bytes('[{"\\u0000":1}]'), "The character U+0000 is not allowed.", "/0"],
    [
      "half of a character",
      bytes('{"~":"\\ud83d"}'),
      "Half of a surrogate pair (U+D800 to U+DFFF) is not a character.",
      "/~0",
    ],
    ["a name of prototypes", bytes('{"a":{"__proto__":{}}}'), 'The name "__proto__" is not allowed.', "/a"],
    [
      "too deep a value",
      bytes(`${"[".repeat(66)}${"]".repeat(66)}`),
      "Values may be nested 64 deep at most.",
      "/0".repeat(65),
    ],
  ])("refuses %s", (_, input, detail, pointer) => {
    expect(refusalOf(input)).toEqual({ type: "malformed-request", detail, pointer });
  });

  it("says where a text is not JSON", () => {
    expect(refusalOf(bytes('{"a":1,}'))?.detail).toMatch(/^The body is not JSON: .*position 7/);
  });

  it("takes a value as deep as is allowed", () => {
    expect(refusalOf(bytes(`${"[".repeat(65)}${"]".repeat(65)}`))).toBeUndefined();
  });

  it("refuses nesting that would overflow a stack", () => {
    expect(refusalOf(bytes("[".repeat(500_000) + "]".repeat(500_000)))?.detail).toBe(
      "Values may be nested 64 deep at most.",
    );
  });
});
