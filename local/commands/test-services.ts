import { join } from "node:path";
import { root } from "../paths.ts";
import { runProgram } from "./run-program.ts";

/** `npm run test:services`: what needs real servers and programs of other packages, but no cluster. Further arguments go to vitest. */
export function run(argv: readonly string[]): Promise<number> {
  return runProgram(join(root, "node_modules", "vitest", "vitest.mjs"), [
    "run",
    "--project",
    "services",
    ...argv,
  ]);
}
