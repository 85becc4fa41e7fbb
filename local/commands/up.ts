import { existsSync } from "node:fs";
import { join } from "node:path";
import { capture, isInterrupted, pulumi, recover } from "../engine/index.ts";
import { checkpointFile } from "../engine/recover.ts";
import { root } from "../paths.ts";
import { terminalReport } from "../report.ts";
import { openSession } from "../session.ts";
import { readArguments, requireStack } from "./arguments.ts";
import { describeOutputs } from "./outputs.ts";

/** `npm run up`: deploys a stack to its cluster, and says how to reach what came up. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run up [-- --stack NAME] [--context NAME]";
  const options = { stack: { type: "string", default: "dev" }, context: { type: "string" } } as const;
  const { values } = readArguments({ argv, usage, options });
  const stack = requireStack(values.stack);
  const report = terminalReport();

  const session = await openSession({ stack, context: values.context, report });
  const { workspace } = session;
  await recover(workspace, report);
  // A new cluster holds nothing of what an old state lists.
  const refresh = session.fresh && existsSync(checkpointFile(workspace)) ? ["--refresh"] : [];
  report.step(`Deploying stack ${stack} to ${session.cluster.context}`);
  const adopting = isInterrupted(workspace);
  const code = await pulumi(workspace, ["up", "--yes", "--suppress-outputs", ...refresh, ...policyPack]);
  if (code !== 0) return code;
  // The switch that made creates adopt is a property of the provider, and thus in the state: take it out again.
  if (adopting) await capture(workspace, ["up", "--yes", "--skip-preview"]);

  const { stdout } = await capture(workspace, ["stack", "output", "--json"]);
  process.stdout.write(describeOutputs(JSON.parse(stdout), { session, stack }));
  return 0;
}

/** Every preview of a local command is judged by the project's own policies. */
export const policyPack = ["--policy-pack", join(root, "policies")];
