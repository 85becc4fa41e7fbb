import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationTable } from "../../config/document.ts";
import { root } from "../paths.ts";
import { readArguments, stacks } from "./arguments.ts";
import { runProgram } from "./run-program.ts";

const begin = "<!-- table: begin (made by `npm run golden`) -->";
const end = "<!-- table: end -->";

/** `npm run golden`: makes anew what is committed and follows from the code: golden manifests and the table of keys. */
export async function run(argv: readonly string[]): Promise<number> {
  readArguments({ argv, usage: "npm run golden", options: {} });
  const file = join(root, "docs", "configuration.md");
  writeFileSync(file, withTable(readFileSync(file, "utf8")));
  for (const stack of stacks()) {
    const out = join(root, "tests", "golden", stack);
    const code = await runProgram(join(root, "local", "main.ts"), ["render", stack, "--out", out]);
    if (code !== 0) return code;
  }
  return 0;
}

/** The page with the present table of keys. */
export function withTable(page: string): string {
  const [head, tail] = [page.indexOf(begin), page.indexOf(end)];
  if (head < 0 || tail < head) throw new Error("docs/configuration.md has lost the marks around its table");
  return `${page.slice(0, head + begin.length)}\n${configurationTable()}\n${page.slice(tail)}`;
}
