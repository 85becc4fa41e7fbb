import { join } from "node:path";
import { root } from "../paths.ts";
import { terminalReport } from "../report.ts";
import { allTools } from "../session.ts";
import { runProgram } from "./run-program.ts";

/** `npm run test:cluster`: end to end, with the real engine and a real API server. Further arguments go to vitest. */
export async function run(argv: readonly string[]): Promise<number> {
  // Made before the tests, which are not written to wait for it.
  await allTools(terminalReport());
  return runProgram(join(root, "node_modules", "vitest", "vitest.mjs"), [
    "run",
    "--project",
    "cluster",
    ...argv,
  ]);
}
