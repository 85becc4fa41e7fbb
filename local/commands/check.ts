import { join } from "node:path";
import { root } from "../paths.ts";
import { readArguments } from "./arguments.ts";
import { runProgram } from "./run-program.ts";

/** `npm run check`: format, lint and types. With `--fix` what can be mended is. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run check [-- --fix]";
  const { values } = readArguments({ argv, usage, options: { fix: { type: "boolean", default: false } } });
  const modules = join(root, "node_modules");
  const biome = values.fix ? ["check", "--write", "."] : ["ci", "--error-on-warnings", "."];
  const format = await runProgram(join(modules, "@biomejs", "biome", "bin", "biome"), biome);
  const types = await runProgram(join(modules, "typescript", "bin", "tsc"), ["--project", "."]);
  return format || types;
}
