import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

test("no module that test files share registers a hook when it is loaded: that happens once for many of them", () => {
  const tests = dirname(import.meta.dirname);
  const shared = readdirSync(tests, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  expect(shared.length).toBeGreaterThan(20);
  const registering = shared.filter((file) =>
    /^(before|after)(Each|All)\(/m.test(readFileSync(join(tests, file), "utf8")),
  );
  expect(registering).toEqual([]);
});
