import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  cpuQuantity,
  memoryQuantity,
  millicoresOf,
  postgresBytesOf,
  redisBytesOf,
} from "../../components/foundation/quantity.ts";

const fixed = { seed: 20_260_101 };

describe("quantities as numbers", () => {
  test.each([
    [bytesOf, "1Ki", 1024],
    [bytesOf, "512Mi", 512 * 1024 ** 2],
    [bytesOf, "0Gi", 0],
    [bytesOf, "2Ti", 2 * 1024 ** 4],
    [millicoresOf, "2", 2000],
    [millicoresOf, "250m", 250],
    [millicoresOf, "0.5", 500],
    [millicoresOf, "1.005", 1005],
    [millicoresOf, "0.001", 1],
    [postgresBytesOf, "64kB", 64 * 1024],
    [postgresBytesOf, "256MB", 256 * 1024 ** 2],
    [postgresBytesOf, "1TB", 1024 ** 4],
    [redisBytesOf, "1kb", 1024],
    [redisBytesOf, "256mb", 256 * 1024 ** 2],
    [redisBytesOf, "3gb", 3 * 1024 ** 3],
  ])("%o of %s is %d", (parse, text, value) => {
    expect(parse(text)).toBe(value);
  });

  test.each([
    [bytesOf, ["", "1", "1G", "1gi", "1.5Gi", "-1Gi", " 1Gi", "1Gi ", "1 Gi", "Gi", "1Pi", "1e3Mi", "1Gi\n"]],
    [
      millicoresOf,
      ["", "m", "1k", "1.0005", "0.5m", "-1", "1e3", ".5", "5.", "1 ", "1,5", "Infinity", "1\n"],
    ],
    [postgresBytesOf, ["", "1", "1KB", "1mb", "1.5GB", "-1MB", "1 MB", "1PB"]],
    [redisBytesOf, ["", "1", "1MB", "1m", "1.5gb", "-1mb", "1 mb", "1tb"]],
  ])("%o of anything else is undefined", (parse, texts) => {
    expect(texts.filter((text) => parse(text) !== undefined)).toEqual([]);
  });
});

describe("quantities round trip", () => {
  test("thousandths of a core", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (millicores) => {
        expect(millicoresOf(cpuQuantity(millicores))).toBe(millicores);
      }),
      fixed,
    );
  });

  test("whole mebibytes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 20 }), (mebibytes) => {
        expect(bytesOf(memoryQuantity(mebibytes * 2 ** 20))).toBe(mebibytes * 2 ** 20);
      }),
      fixed,
    );
  });

  test("other bytes, rounded up by less than a mebibyte", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (bytes) => {
        const rounded = bytesOf(memoryQuantity(bytes)) ?? Number.NaN;
        expect(rounded - bytes).toBeGreaterThanOrEqual(0);
        expect(rounded - bytes).toBeLessThan(2 ** 20);
      }),
      fixed,
    );
  });

  test("the shortest form is written", () => {
    expect([1000, 1500, 20_000].map(cpuQuantity)).toEqual(["1", "1500m", "20"]);
    expect([2 ** 30, 1.5 * 2 ** 30, 1].map(memoryQuantity)).toEqual(["1Gi", "1536Mi", "1Mi"]);
  });
});
