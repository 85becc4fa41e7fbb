import { resolve } from "node:path";
import { readProjectFiles } from "../engine/project.ts";
import { root } from "../paths.ts";
import { renderedFiles, writeFiles } from "../render/files.ts";
import { recordStack } from "../render/record.ts";
import { readStackFile } from "../render/stack-file.ts";
import { readArguments, requireStack, UsageError } from "./arguments.ts";

/** `npm run render -- STACK --out DIR`: what the stack would create, without cluster or engine. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run render -- STACK --out DIR";
  const { values, positionals } = readArguments({
    argv,
    usage,
    options: { out: { type: "string" } },
    words: 1,
  });
  const stack = requireStack(positionals[0] ?? "", usage);
  if (!values.out) throw new UsageError(`--out is missing: the directory to write to\nUsage: ${usage}`);
  const directory = resolve(process.env.INIT_CWD ?? ".", values.out);
  const { name: project } = readProjectFiles({ checkout: root, stack });
  const resources = await recordStack({ root, project, stack, config: readStackFile(root, stack) });
  const files = renderedFiles(resources);
  writeFiles(directory, files);
  process.stdout.write(`${files.length} files in ${directory}\n`);
  return 0;
}
