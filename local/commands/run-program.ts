import { startProgram } from "../child.ts";
import { root } from "../paths.ts";

/** Runs a program of node_modules in the checkout, at the user's terminal, and returns its exit code. */
export function runProgram(
  script: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const options = { cwd: root, stdio: "inherit", env: { ...process.env, ...env } } as const;
  return startProgram(process.execPath, [script, ...argv], options).ended;
}
