import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { images } from "../../config/sections/images.ts";
import { ownImages } from "../../images/programs.ts";
import { standIns } from "../../local/images/stand-ins.ts";
import { root } from "../../local/paths.ts";

/** Rows of the table with that head, as they stand in the page. */
function rows(page: string, head: string): string[] {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  const start = lines.indexOf(head) + 2;
  if (start < 2) throw new Error(`${page} has no table ${head}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines.slice(start, start + length);
}

test("docs/local.md says of every image that is made what it is", () => {
  expect(rows("docs/local.md", "| image | in form *node* |")).toEqual([
    `| ${Object.keys(ownImages).join(", ")} | made from this checkout |`,
    ...Object.entries(standIns).map(([name, { title }]) => `| ${name} | ${title} |`),
    "| every other | played |",
  ]);
});

test("docs/local.md has everything of local/ in its map, and nothing else", () => {
  const named = rows("docs/local.md", "| part | what it does |").flatMap((row) => {
    const [, part = "", what = ""] = row.split("|");
    return [...part.matchAll(/`([^`]+)`/g), ...what.matchAll(/`(audit\/)`/g)].map(([, name]) => name);
  });
  const there = readdirSync(join(root, "local"), { withFileTypes: true });
  const names = there.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  expect(named.sort()).toEqual(names.sort());
});

test("docs/images.md says of every image with a stand-in that its program was run", () => {
  const table = rows("docs/images.md", "| image | user | must write | known from |");
  const defaults = images.parse({});
  for (const { configured } of Object.values(standIns)) {
    const reference = defaults[configured].replace(/:[^:/]+$/, "");
    expect(table.find((row) => row.startsWith(`| ${reference} |`))).toMatch(/; run (in form|with|as) /);
  }
});
