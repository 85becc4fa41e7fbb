import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedInputs, randomKinds } from "../../local/plugins/random-values.ts";
import type { Values } from "./grpc.ts";

const password = "random:index/randomPassword:RandomPassword";

describe("random strings", () => {
  const kind = randomKinds[password];
  if (!kind) throw new Error("no password kind");
  const make = (inputs: Values) =>
    kind.create({ minLower: 0, minNumeric: 0, minSpecial: 0, minUpper: 0, ...inputs }).computed
      .result as string;
  const count = (text: string, pattern: RegExp) => (text.match(pattern) ?? []).length;

  it("have the length, the classes and the minimums asked for", () => {
    const minimum = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(
        fc.record({ minLower: minimum, minUpper: minimum, minNumeric: minimum, minSpecial: minimum }),
        fc.integer({ min: 0, max: 20 }),
        fc.constantFrom(undefined, "-_", "é~"),
        (minimums, extra, overrideSpecial) => {
          const length = Object.values(minimums).reduce((sum, each) => sum + each, extra) || 1;
          const inputs = {
            lower: true,
            upper: true,
            numeric: true,
            special: true,
            ...minimums,
            length,
            overrideSpecial,
          };
          const text = make(inputs);
          expect([...text]).toHaveLength(length);
          expect(count(text, /[a-z]/g)).toBeGreaterThanOrEqual(minimums.minLower);
          expect(count(text, /[A-Z]/g)).toBeGreaterThanOrEqual(minimums.minUpper);
          expect(count(text, /[0-9]/g)).toBeGreaterThanOrEqual(minimums.minNumeric);
          const special = overrideSpecial
            ? new RegExp(`[${overrideSpecial.replace("-", "\\-")}]`, "g")
            : /[!@#$%&*()\-_=+[\]{}<>:?]/g;
          expect(count(text, special)).toBeGreaterThanOrEqual(minimums.minSpecial);
          expect(count(text, /[a-zA-Z0-9]/g) + count(text, special)).toBe(length);
        },
      ),
    );
  });

  it("use every character equally often, at every place", () => {
    const draws = 20_000;
    const firsts = new Map<string, number>();
    for (let draw = 0; draw < draws; draw++) {
      const first =
        make({
          numeric: true,
          minNumeric: 1,
          special: true,
          minSpecial: 1,
          overrideSpecial: "-",
          length: 2,
        })[0] ?? "";
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    // One digit and one dash, shuffled: half of the first characters are dashes. Six standard deviations.
    expect(Math.abs((firsts.get("-") ?? 0) - draws / 2)).toBeLessThan(6 * Math.sqrt(draws / 4));
    for (const digit of "0123456789")
      expect(Math.abs((firsts.get(digit) ?? 0) - draws / 20)).toBeLessThan(
        6 * Math.sqrt((draws / 20) * 0.95),
      );
  });

  it("treat absent and empty keepers alike", () => {
    expect(changedInputs(kind, { length: 3 }, { length: 3, keepers: {} })).toEqual([]);
  });
});
