import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxNames, maxValues, parseJson } from "../../../services/runtime/json.ts";
import { Problem } from "../../../services/runtime/problems.ts";

const fixed = { seed: 20_260_101, numRuns: 500 };
const bytes = (text: string) => new TextEncoder().encode(text);

/** Why a text is refused, and where. */
function refusalOf(input: Uint8Array) {
  try {
    parseJson(input);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { type, message, errors } = error;
    return { type: type.id, detail: message, pointer: errors[0]?.pointer };
  }
  return undefined;
}

function detailOf(text: Uint8Array | string): string | undefined {
  return refusalOf(Buffer.from(text as string))?.detail;
}

describe("parseJson", () => {
  test("gives the value", () => {
    const value = { model: { links: [1, -2.5, null, true, "é🙂"], "": {} } };
    expect(parseJson(bytes(JSON.stringify(value)))).toEqual(value);
  });

  test.each([
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

  test("says where a text is not JSON", () => {
    expect(refusalOf(bytes('{"a":1,}'))?.detail).toMatch(/^The body is not JSON: .*position 7/);
  });

  test("takes a value as deep as is allowed", () => {
    expect(refusalOf(bytes(`${"[".repeat(65)}${"]".repeat(65)}`))).toBeUndefined();
  });

  test("refuses nesting that would overflow a stack", () => {
    expect(refusalOf(bytes("[".repeat(maxValues) + "]".repeat(maxValues)))?.detail).toBe(
      "Values may be nested 64 deep at most.",
    );
  });
});

describe("a text from a stranger", () => {
  test("is what JSON.parse makes of it", () => {
    const plain = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(plain, (text) => {
        fc.pre(!/__proto__|\\u0000|\\ud[89a-f]/.test(text));
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      fixed,
    );
  });

  test("is accepted or refused as a problem, whatever the bytes", () => {
    const lookalike = fc.string({ unit: fc.constantFrom(...'[]{},:"\\u0 1e-tf\n') });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), lookalike), (body) => void detailOf(body)),
      fixed,
    );
  });

  test.each([
    ['{"a":1,"b":{"a":1},"a":2}', 19],
    ['{"a":1,"\\u0061":2}', 7],
    ['[{"a":[1,{"b":2}],"a":2}]', 18],
    ['{"":1,"":2}', 6],
    ['{"a":",","a":1}', 9],
  ])("is refused with a name twice in one object: %s", (text, offset) => {
    expect(detailOf(text)).toBe(`The name at offset ${offset} is in its object for the second time.`);
  });

  test("is refused with too many values, before they take memory", () => {
    expect(detailOf(`[${"{},".repeat(maxValues / 2)}1]`)).toBe(`The body has more than ${maxValues} values.`);
    expect(detailOf("[".repeat(maxValues + 1))).toBe(`The body has more than ${maxValues} values.`);
  });

  test("is refused with too many names in one object, and accepted with as many as are allowed", () => {
    const object = (names: number) => `{${Array.from({ length: names }, (_, index) => `"${index}":1`)}}`;
    expect(detailOf(`[${object(maxNames)},${object(maxNames)}]`)).toBeUndefined();
    expect(detailOf(object(maxNames + 1))).toBe(`An object of the body has more than ${maxNames} names.`);
  });

  test.each([
    "",
    "{",
    '"',
    '"\\',
    "[1,]",
    "{}{}",
    "nul",
    '"\\x"',
    '{"a"}',
    "[".repeat(1000),
    '{"__proto__":1}',
    '["\\ud800"]',
  ])("is refused when it is no JSON that is good for anything: %.20s", (text) => {
    expect(detailOf(text)).toEqual(expect.any(String));
  });

  test.each([
    '{"a":{"b":1},"c":{"b":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":["a","a"]}',
    '{"a\\"{":"\\"a\\",{[","b":1}',
  ])("is accepted: %s", (text) => {
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });
});
