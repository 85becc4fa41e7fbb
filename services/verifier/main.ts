/** The program of a verifier: the service, and, started again by itself, the process of one job. */
import { jobArgument } from "./job/protocol.ts";
import type { VerifierOptions } from "./service.ts";
import type { StandardModule } from "./standard.ts";

export type { StandardModule } from "./standard.ts";

/**
 * Runs the verifier of a standard. Call it, and nothing else, in the main module of the program: each job runs the
 * program again, with another argument.
 */
export async function startVerifier(module: StandardModule, options: VerifierOptions = {}): Promise<void> {
  // Only what is needed is loaded: a job starts at each verification.
  if (process.argv[2] === jobArgument) {
    const { runJob } = await import("./job/child.ts");
    return runJob(module);
  }
  const { runVerifierService } = await import("./service.ts");
  return runVerifierService(module, options);
}
