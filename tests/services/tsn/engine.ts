/** Runs Z3 for tests as the verifier does for a standard's module. */
import { spawn } from "node:child_process";
import { EngineError, type VerifyContext } from "../../../services/verifier/standard.ts";
import { ensureProgram } from "../programs.ts";

const program = process.env.IOT_VERIFICATION_Z3 ?? (await ensureProgram("z3")).z3;

/** A context whose engine is the machine's Z3. */
export function engineContext(seconds = 60): VerifyContext {
  return {
    runEngine: ({ input, args = [] }) => run(input, args, seconds),
    progress: () => {},
    deadline: Date.now() + seconds * 1000,
    signal: new AbortController().signal,
  };
}

function run(input: string, args: readonly string[], seconds: number): Promise<{ stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["-in", `-T:${seconds}`, ...args]);
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.on("error", reject);
    child.on("close", () => {
      if (/^timeout$/m.test(stdout))
        reject(new EngineError("timeout", `${program} took longer than ${seconds} s`));
      else if (/\(error "(?!.* is not available).*"\)/.test(stdout))
        reject(new EngineError("failed", stdout));
      else resolve({ stdout });
    });
    child.stdin.end(input);
  });
}
