import { join } from "node:path";
import { root } from "../paths.ts";
import { runProgram } from "./run-program.ts";

/** `npm run test:services`: the services against a real PostgreSQL, Redis and Z3. Further arguments go to vitest. */
export function run(argv: readonly string[]): Promise<number> {
  return runProgram(join(root, "node_modules", "vitest", "vitest.mjs"), [
    "run",
    "--project",
    "services",
    ...argv,
  ]);
}
