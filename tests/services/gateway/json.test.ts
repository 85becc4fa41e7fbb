import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxValues, parseBody } from "../../../services/gateway/json.ts";
import { Problem } from "../../../services/runtime/problems.ts";

const fixed = { seed: 20_260_101, numRuns: 500 };

function refusalOf(body: Uint8Array | string): string | undefined {
  try {
    parseBody(Buffer.from(body as string));
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem) || error.type.id !== "malformed-request") throw error;
    return error.message;
  }
}

describe("the body of a request", () => {
  test("is what JSON.parse makes of it", () => {
    const plain = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(plain, (text) => {
        fc.pre(!/__proto__|\\u0000|\\ud[89a-f]/.test(text));
        expect(parseBody(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      fixed,
    );
  });

  test("is accepted or refused as a problem, whatever the bytes", () => {
    const lookalike = fc.string({ unit: fc.constantFrom(...'[]{},:"\\u0 1e-tf\n') });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), lookalike), (body) => void refusalOf(body)),
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
    expect(refusalOf(text)).toBe(`The name at offset ${offset} is in its object for the second time.`);
  });

  test("is refused with too many values, before they take memory", () => {
    expect(refusalOf(`[${"{},".repeat(maxValues / 2)}1]`)).toBe(
      `The body has more than ${maxValues} values.`,
    );
    expect(refusalOf("[".repeat(maxValues + 1))).toBe(`The body has more than ${maxValues} values.`);
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
    expect(refusalOf(text)).toEqual(expect.any(String));
  });

  test.each([
    '{"a":{"b":1},"c":{"b":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":["a","a"]}',
    '{"a\\"{":"\\"a\\",{[","b":1}',
  ])("is accepted: %s", (text) => {
    expect(parseBody(Buffer.from(text))).toEqual(JSON.parse(text));
  });
});
