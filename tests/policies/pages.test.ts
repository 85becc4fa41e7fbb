import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";
import { policyPages, policyPagesFolder } from "../../local/policy-pages.ts";

const hint = "npm run golden makes docs/policies anew";

test("docs/policies says what the rules say, and nothing else", () => {
  const folder = join(root, policyPagesFolder);
  const found = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);
  const pages = policyPages();
  expect(found.map(([name]) => name).sort(), hint).toEqual(Object.keys(pages).sort());
  for (const [name, text] of found) expect(text, `${name}: ${hint}`).toBe(pages[name]);
});

test("every link of the pages leads to a file", () => {
  const folder = join(root, policyPagesFolder);
  for (const [name, text] of Object.entries(policyPages()))
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g))
      expect(existsSync(join(folder, target)), `${name}: ${target}`).toBe(true);
});
