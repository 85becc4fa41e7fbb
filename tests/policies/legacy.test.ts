import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { judge } from "../../policies/judge.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { rules } from "../../policies/rules.ts";
import { readSources } from "../../policies/runner/sources.ts";
import { lineOf, marksIn } from "./marks.ts";

/** A platform with the defects of the seed, and objects that an API server refuses; a comment at the end of a line names the rules that it breaks. */
const folder = new URL("../fixtures/legacy", import.meta.url).pathname;
const files = readdirSync(folder).sort();

describe("of a platform with every defect of the seed", () => {
  const { objects, problems } = readSources([folder], { directory: "/" });
  const { findings } = judge(stackOf(objects), rules);

  test("everything is read", () => {
    expect(problems).toEqual([]);
    expect(objects).toHaveLength(37);
  });

  test.each(files)("%s: what is found is what is marked", (file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const own = findings.filter(({ object }) => object.source?.startsWith(`${join(folder, file)}:`));
    const found = Map.groupBy(own, ({ object, path }) => lineOf(text, object, path));
    const names = [...found].map(([line, some]) => [
      line,
      [...new Set(some.map(({ policy }) => policy))].sort(),
    ]);
    expect(Object.fromEntries(names)).toEqual(marksIn(text));
  });
});
