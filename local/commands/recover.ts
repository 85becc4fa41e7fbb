import { existsSync } from "node:fs";
import { join } from "node:path";
import { platformName } from "../../components/foundation/labels.ts";
import {
  countResources,
  importResources,
  noteTakeover,
  programConfig,
  recover,
  type Workspace,
  withOwnPulumi,
} from "../engine/index.ts";
import { writeWhole } from "../files.ts";
import { root } from "../paths.ts";
import { type Rebuilt, rebuildState } from "../rebuild/index.ts";
import { type Report, terminalReport } from "../report.ts";
import { openSession } from "../session.ts";
import { userKubeconfig } from "../target.ts";
import { ensureTools } from "../toolchain/index.ts";
import { readArguments, requireStack, UsageError } from "./arguments.ts";
import { aloneOnStack } from "./stack-lock.ts";

/** Which cluster a stack is read from. */
interface Place {
  readonly kubeconfig: string;
  readonly context: string;
}

/** `npm run recover`: rebuilds the state of a stack that is deployed from what is in its cluster, and changes nothing there. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run recover [-- --stack NAME] [--context NAME | --own-pulumi]";
  const options = {
    stack: { type: "string", default: "dev" },
    context: { type: "string" },
    "own-pulumi": { type: "boolean", default: false },
  } as const;
  const { values } = readArguments({ argv, usage, options });
  const stack = requireStack(values.stack, usage);
  const { context, "own-pulumi": own } = values;
  if (own && context !== undefined)
    throw new UsageError(
      `with --own-pulumi, the context is what the stack's key kubernetes:context says\nUsage: ${usage}`,
    );
  const report = terminalReport();
  return aloneOnStack({ stack, report }, async () => {
    if (own) {
      const preview = `pulumi preview --refresh --diff --stack ${stack}`;
      return withOwnPulumi({ stack, report }, (workspace) =>
        rebuild({ workspace, report, preview, place: placeOfConfig }),
      );
    }
    const { workspace, cluster } = await openSession({ stack, context, report });
    await recover(workspace, report);
    const preview = `npm run pulumi -- preview --refresh --diff${stack === "dev" ? "" : ` --stack ${stack}`}`;
    return rebuild({ workspace, report, preview, place: () => cluster });
  });
}

async function rebuild(args: {
  readonly workspace: Workspace;
  readonly report: Report;
  /** The command that shows how the state differs from the program. */
  readonly preview: string;
  readonly place: (workspace: Workspace, config: Readonly<Record<string, string>>) => Place;
}): Promise<number> {
  const { workspace, report, preview, place } = args;
  const { stack, project, env } = workspace;
  const known = await countResources(workspace);
  if (known > 0)
    throw new Error(
      `the state of stack ${stack} is not lost: it has ${known} resources. How it differs from the cluster: ${preview}`,
    );
  const program = await programConfig(workspace);
  const { kubectl } = await ensureTools(["kubectl"], report);
  const { kubeconfig, context } = place(workspace, program.config);
  report.step(`Reading stack ${stack} from ${context}`);
  const rebuilt = await rebuildState({
    program: root,
    project,
    stack,
    env,
    ...program,
    kubectl: { program: kubectl.path, kubeconfig, context },
    label: `app.kubernetes.io/part-of=${platformName}`,
  });
  await importResources(workspace, rebuilt.resources);
  if (rebuilt.hasSeveralOwners) noteTakeover(workspace);
  process.stdout.write(describe(stack, rebuilt, preview));
  return 0;
}

/** The cluster that a stack's configuration names. Its kubeconfig may be a file or the text of one. */
function placeOfConfig({ stack, stateDir }: Workspace, config: Readonly<Record<string, string>>): Place {
  const { "kubernetes:context": context, "kubernetes:kubeconfig": given } = config;
  if (!context)
    throw new Error(
      `the stack ${stack} says no cluster: set one with pulumi config set kubernetes:context NAME --stack ${stack}`,
    );
  if (given === undefined) return { context, kubeconfig: userKubeconfig(process.env) };
  if (existsSync(given)) return { context, kubeconfig: given };
  const kubeconfig = join(stateDir, "kubeconfig");
  writeWhole(kubeconfig, given, 0o600);
  return { context, kubeconfig };
}

/** What was recovered, and what was not. */
function describe(stack: string, rebuilt: Rebuilt, preview: string): string {
  const list = (title: string, items: readonly string[]) =>
    items.length > 0 ? [title, ...items.map((item) => `  ${item}`)] : [];
  const owners = rebuilt.hasSeveralOwners
    ? [
        "Objects have fields that an earlier deployment owns; where updates meet conflicts, set PULUMI_K8S_ENABLE_PATCH_FORCE=true",
      ]
    : [];
  return `\n${[
    `The state of stack ${stack} is rebuilt: ${rebuilt.resources.length} resources. Nothing was changed in the cluster.`,
    ...list("Not in the cluster; the next deployment creates it:", rebuilt.missing),
    ...list("Found in no Secret; the next deployment makes it anew, and who reads it rolls:", rebuilt.lost),
    ...list("In the cluster and not of the program; nobody looks after it any more:", rebuilt.strangers),
    ...owners,
    `Look at it:  ${preview}`,
  ].join("\n")}\n`;
}
