import { join } from "node:path";
import { root } from "../paths.ts";
import { runProgram } from "./run-program.ts";

/** `npm test`: everything that needs neither cluster nor CLI. Further arguments go to vitest. */
export function run(argv: readonly string[]): Promise<number> {
  return runProgram(join(root, "node_modules", "vitest", "vitest.mjs"), [
    "run",
    "--project",
    "fast",
    ...argv,
  ]);
}
