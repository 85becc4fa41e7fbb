import { platformName } from "../../components/foundation/labels.ts";
import { countResources, importResources, noteTakeover, programConfig, recover } from "../engine/index.ts";
import { root } from "../paths.ts";
import { type Rebuilt, rebuildState } from "../rebuild/index.ts";
import { type Report, terminalReport } from "../report.ts";
import { openSession } from "../session.ts";
import { ensureTools } from "../toolchain/index.ts";
import { readArguments, requireStack } from "./arguments.ts";
import { aloneOnStack } from "./stack-lock.ts";

/** `npm run recover`: rebuilds the state of a stack that is deployed from what is in its cluster, and changes nothing there. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run recover [-- --stack NAME] [--context NAME]";
  const options = { stack: { type: "string", default: "dev" }, context: { type: "string" } } as const;
  const { values } = readArguments({ argv, usage, options });
  const stack = requireStack(values.stack, usage);
  const report = terminalReport();
  return aloneOnStack({ stack, report }, () => rebuild({ stack, context: values.context, report }));
}

async function rebuild(args: {
  stack: string;
  context: string | undefined;
  report: Report;
}): Promise<number> {
  const { stack, report } = args;
  const { workspace, cluster } = await openSession(args);
  await recover(workspace, report);
  const known = await countResources(workspace);
  if (known > 0)
    throw new Error(
      `the state of stack ${stack} is not lost: it has ${known} resources. Where it differs from the cluster, ` +
        `npm run pulumi -- refresh --stack ${stack} brings it up to date`,
    );
  report.step(`Reading stack ${stack} from ${cluster.context}`);
  const { kubectl } = await ensureTools(["kubectl"], report);
  const rebuilt = await rebuildState({
    program: root,
    project: workspace.project,
    stack,
    env: workspace.env,
    ...(await programConfig(workspace)),
    kubectl: { program: kubectl.path, kubeconfig: cluster.kubeconfig, context: cluster.context },
    label: `app.kubernetes.io/part-of=${platformName}`,
  });
  await importResources(workspace, rebuilt.resources);
  if (rebuilt.hasSeveralOwners) noteTakeover(workspace);
  process.stdout.write(describe(stack, rebuilt));
  return 0;
}

/** What was recovered, and what was not. */
function describe(stack: string, { resources, missing, lost, strangers }: Rebuilt): string {
  const option = stack === "dev" ? "" : ` --stack ${stack}`;
  const list = (title: string, items: readonly string[]) =>
    items.length > 0 ? [title, ...items.map((item) => `  ${item}`)] : [];
  return `\n${[
    `The state of stack ${stack} is rebuilt: ${resources.length} resources. Nothing was changed in the cluster.`,
    ...list("Not in the cluster; the next deployment creates it:", missing),
    ...list("Found in no Secret; the next deployment makes it anew, and who reads it rolls:", lost),
    ...list("In the cluster and not of the program; nobody looks after it any more:", strangers),
    `Look at it:  npm run pulumi -- preview --refresh --diff${option}`,
  ].join("\n")}\n`;
}
