import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "../paths.ts";

/** Runs a program of node_modules in the checkout, at the user's terminal, and returns its exit code. */
export function runProgram(
  script: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...argv], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
