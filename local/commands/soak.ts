import { join } from "node:path";
import { root } from "../paths.ts";
import { readArguments, UsageError } from "./arguments.ts";
import { runProgram } from "./run-program.ts";

/** `npm run soak`: the property-based tests of the verifiers with thousands of models, and a new seed each time. */
export function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run soak [-- --runs N] [--seed N]";
  const options = {
    runs: { type: "string", default: "2000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  } as const;
  const { values } = readArguments({ argv, usage, options });
  for (const [name, value] of Object.entries(values)) {
    if (!/^[1-9]\d{0,9}$/.test(value))
      throw new UsageError(`--${name} is "${value}"; it must be a whole number from 1`);
  }
  const env = { SOAK_RUNS: values.runs, SOAK_SEED: values.seed };
  return runProgram(
    join(root, "node_modules", "vitest", "vitest.mjs"),
    ["run", "--project", "services", "--testTimeout", "0", "agreement"],
    env,
  );
}
