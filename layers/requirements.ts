import * as pulumi from "@pulumi/pulumi";
import { findings } from "../components/cluster/findings.ts";
import { presenceProblems } from "../components/cluster/presence.ts";
import type { ParsedConfig } from "../config/index.ts";
import { neededOperators } from "../config/slices/operators.ts";

/**
 * Makes sure that the cluster has the operators whose resources the stack is made of.
 *
 * @throws pulumi.RunError that lists all that is missing, too old or too new
 */
export async function requireOperators(config: ParsedConfig): Promise<void> {
  const needed = neededOperators(config);
  if (needed.length === 0 || config.operatorCheck === "disabled") return;
  const { context } = config.cluster;
  const found = await findings(config.cluster).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(
      `the cluster of context ${context} could not be asked which operators it has; nothing was changed: ${reason}`,
    );
  });
  const problems = presenceProblems(needed, found);
  if (problems.length === 0) return;
  const lines = problems.map((problem) => `  ${problem}`);
  throw new pulumi.RunError(
    [
      `the cluster of context ${context} lacks what stack ${pulumi.getStack()} needs; nothing was changed:`,
      ...lines,
    ].join("\n"),
  );
}
