import { measure } from "../bench/measure.ts";
import { timeRules } from "../bench/policies.ts";
import { describeSummary, summarize } from "../bench/summary.ts";
import { terminalReport } from "../report.ts";
import { interruptible } from "../toolchain/interrupt.ts";
import { readArguments, requireStack, UsageError } from "./arguments.ts";
import { aloneOnStack } from "./stack-lock.ts";

/**
 * `npm run bench`: how long it takes to create, keep, change and destroy a stack on a local cluster of its own, beside the time that
 * its pods need to start. Exit code 1 when a cold create takes more than `--limit` times that.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run bench [-- --stack NAME] [--runs N] [--limit RATIO] [--json]";
  const options = {
    stack: { type: "string", default: "dev" },
    runs: { type: "string", default: "3" },
    limit: { type: "string", default: "1.3" },
    json: { type: "boolean", default: false },
  } as const;
  const { values } = readArguments({ argv, usage, options });
  const stack = requireStack(values.stack, usage);
  const runs = Number(values.runs);
  const limit = Number(values.limit);
  if (!Number.isInteger(runs) || runs < 1)
    throw new UsageError(`--runs is "${values.runs}"; it must be a whole number from 1 on\nUsage: ${usage}`);
  if (!(limit > 0))
    throw new UsageError(`--limit is "${values.limit}"; it must be a number above 0\nUsage: ${usage}`);
  const report = terminalReport();
  // Of all benches of this checkout one at a time: they would measure each other.
  return aloneOnStack({ stack: ".bench", report }, async () => {
    const measured = await interruptible((signal) => measure({ stack, runs, report, signal }));
    const summary = summarize({ stack, runs: measured, rules: timeRules(stack, [1, 2, 4]), limit });
    process.stdout.write(
      values.json ? `${JSON.stringify(summary, undefined, 2)}\n` : describeSummary(summary),
    );
    return summary.ratio <= limit ? 0 : 1;
  });
}
