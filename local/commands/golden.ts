import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartTable, operatorMatrix } from "../../components/cluster/matrix.ts";
import { diagram, flowTable } from "../../components/networking/diagram.ts";
import { configurationTable } from "../../config/document.ts";
import { root } from "../paths.ts";
import { policyPages, policyPagesFolder } from "../policy-pages.ts";
import { readArguments, stacks } from "./arguments.ts";
import { runProgram } from "./run-program.ts";

/** A part of a page that follows from the code: it stands between two marks that have its name. */
interface GeneratedPart {
  readonly page: string;
  readonly name: string;
  readonly content: () => string;
}

const generatedParts: readonly GeneratedPart[] = [
  { page: "docs/configuration.md", name: "table", content: configurationTable },
  { page: "docs/cluster.md", name: "matrix", content: operatorMatrix },
  { page: "docs/cluster.md", name: "charts", content: chartTable },
  { page: "docs/networking.md", name: "picture", content: diagram },
  { page: "docs/networking.md", name: "flows", content: flowTable },
];

/** The pages that have such parts. */
export const generatedPages = [...new Set(generatedParts.map(({ page }) => page))];

/** `npm run golden`: makes anew what is committed and follows from the code: golden manifests and parts of the documentation. */
export async function run(argv: readonly string[]): Promise<number> {
  readArguments({ argv, usage: "npm run golden", options: {} });
  for (const page of generatedPages) {
    const file = join(root, page);
    writeFileSync(file, withGeneratedParts(page, readFileSync(file, "utf8")));
  }
  writePolicyPages(join(root, policyPagesFolder));
  for (const stack of stacks()) {
    const out = join(root, "tests", "golden", stack);
    const code = await runProgram(join(root, "local", "main.ts"), ["render", stack, "--out", out]);
    if (code !== 0) return code;
  }
  return 0;
}

/** The folder holds these pages and no other. */
function writePolicyPages(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(policyPages())) writeFileSync(join(folder, name), text);
}

/** The text of a page with its generated parts as they are now. @throws Error when the marks around one are lost */
export function withGeneratedParts(page: string, text: string): string {
  return generatedParts.filter((part) => part.page === page).reduce(withPart, text);
}

function withPart(text: string, { page, name, content }: GeneratedPart): string {
  const begin = `<!-- ${name}: begin (made by \`npm run golden\`) -->`;
  const [head, tail] = [text.indexOf(begin), text.indexOf(`<!-- ${name}: end -->`)];
  if (head < 0 || tail < head) throw new Error(`${page} has lost the marks around its part "${name}"`);
  return `${text.slice(0, head + begin.length)}\n${content()}\n${text.slice(tail)}`;
}
