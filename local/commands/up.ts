import {
  ask,
  clearInterruption,
  deployedObjects,
  isInterrupted,
  pulumi,
  recover,
  unreadyResources,
} from "../engine/index.ts";
import { type Report, terminalReport } from "../report.ts";
import { openSession } from "../session.ts";
import { ensureTools } from "../toolchain/index.ts";
import { isClusterLayer, readArguments, requireStack, UsageError } from "./arguments.ts";
import { policyPack } from "./cli-call.ts";
import {
  type ClusterOutputs,
  describeOperators,
  describeOutputs,
  describeUnready,
  type Outputs,
} from "./outputs.ts";
import { realWorkloads } from "./real-workloads.ts";
import { aloneOnStack } from "./stack-lock.ts";

/** `npm run up`: deploys a stack to its cluster, and says how to reach what came up. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run up [-- --stack NAME] [--context NAME]";
  const options = { stack: { type: "string", default: "dev" }, context: { type: "string" } } as const;
  const { values } = readArguments({ argv, usage, options });
  const stack = requireStack(values.stack, usage);
  if (isClusterLayer(stack) && values.context === undefined)
    throw new UsageError(
      `stack ${stack} installs operators, whose charts and images come from the internet: it is for a cluster of yours, which --context names. ` +
        "On its local cluster, a platform stack finds stand-ins\nUsage: " +
        usage,
    );
  const report = terminalReport();
  return aloneOnStack({ stack, report }, () => deploy({ stack, context: values.context, report }));
}

async function deploy(args: { stack: string; context: string | undefined; report: Report }): Promise<number> {
  const { stack, report } = args;
  const session = await openSession(args);
  const { workspace } = session;
  await recover(workspace, report);
  // A new cluster holds nothing of what an old state lists.
  const refresh = session.fresh && deployedObjects(workspace).length > 0 ? ["--refresh"] : [];
  report.step(`Deploying stack ${stack} to ${session.cluster.context}`);
  const adopting = isInterrupted(workspace);
  // The policies are the platform's: charts of others have rules of their own.
  const policies = isClusterLayer(stack) ? [] : policyPack;
  const code = await pulumi(workspace, ["up", "--yes", "--suppress-outputs", ...refresh, ...policies]);
  if (code !== 0) {
    process.stderr.write(describeUnready(unreadyResources(workspace)));
    return code;
  }
  clearInterruption(workspace);
  // The switch that made creates adopt is a property of the provider, and thus in the state: take it out again.
  if (adopting) await ask(workspace, ["up", "--yes", "--skip-preview"]);

  const output = await ask(workspace, ["stack", "output", "--json"]);
  if (isClusterLayer(stack)) {
    process.stdout.write(describeOperators(JSON.parse(output) as ClusterOutputs));
    return 0;
  }
  const outputs = JSON.parse(output) as Outputs;
  const { kubectl } = await ensureTools(["kubectl"], report);
  const { cluster } = session;
  const { namespace } = outputs;
  const real =
    cluster.form === "node" ? await realWorkloads({ program: kubectl.path, ...cluster, namespace }) : [];
  process.stdout.write(describeOutputs(outputs, { stack, session, kubectl, real }));
  return 0;
}
