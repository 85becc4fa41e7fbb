import { existsSync, rmSync } from "node:fs";
import { stopCluster } from "../cluster/index.ts";
import {
  ask,
  deployedObjects,
  isInterrupted,
  isProtected,
  pulumi,
  readProjectFiles,
  recover,
  StackInUseError,
} from "../engine/index.ts";
import { root, stateDir } from "../paths.ts";
import { type Report, terminalReport } from "../report.ts";
import { clusterName, openSession } from "../session.ts";
import { recordedTarget } from "../target.ts";
import { readArguments, requireStack } from "./arguments.ts";
import { aloneOnStack } from "./stack-lock.ts";

/** `npm run down`: destroys a stack, stops its local cluster, and removes everything but the tool cache. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run down [-- --stack NAME] [--forget]";
  const options = {
    stack: { type: "string", default: "dev" },
    forget: { type: "boolean", default: false },
  } as const;
  const { values } = readArguments({ argv, usage, options });
  const stack = requireStack(values.stack, usage);
  const report = terminalReport();

  return aloneOnStack({ stack, report }, async () => {
    const directory = stateDir(stack);
    const isUp = existsSync(directory);
    if (isUp && values.forget) report.step(whatIsForgotten(stack));
    else if (isUp) {
      const code = await destroy(stack, report);
      if (code !== 0) return code;
    }
    const ran = await stopCluster({ stateDir: directory, name: clusterName(stack), report });
    rmSync(directory, { recursive: true, force: true });
    if (isUp) report.step(`Stack ${stack} is gone, and so is its local state`);
    else if (ran)
      report.step(
        `Stack ${stack} had no local state any more; its local cluster was still running, and is ended`,
      );
    else report.step(`Stack ${stack} is not up; there is nothing to end`);
    return 0;
  });
}

/** Objects of a local cluster go with it: there, a destroy that fails does not keep the cluster from ending. */
async function destroy(stack: string, report: Report): Promise<number> {
  const target = recordedTarget(stack);
  if (!target) return 0;
  try {
    const { workspace } = await openSession({ stack, report });
    await recover(workspace, report);
    if (target.kind === "context" && isInterrupted(workspace)) {
      report.step(
        "The last deployment was killed; what it was creating at that moment may be in no state. If you see any of it " +
          "afterwards, run `npm run up` and `npm run down` once more",
      );
    }
    if (deployedObjects(workspace).length === 0) return 0;
    if (isProtected(workspace)) {
      if (target.kind === "context") throw new Error(howToLift(stack));
      // Whatever is on a local cluster goes with it.
      await ask(workspace, ["state", "unprotect", "--all", "--yes"]);
    }
    const code = await pulumi(workspace, ["destroy", "--yes", "--remove"]);
    if (code === 0 || target.kind === "context") return code;
    report.step("The destruction failed; the local cluster is removed with all that is in it");
  } catch (error) {
    if (target.kind === "context" || error instanceof StackInUseError) throw error;
    report.step(`${(error as Error).message}\nThe local cluster is removed with all that is in it`);
  }
  return 0;
}

/** What is to be done before a stack's data may be deleted in a cluster that the user has. */
function howToLift(stack: string): string {
  return (
    `stack ${stack} is protected: its namespace, with all data in it, is not deleted while \`deletionProtection\` is "enabled". ` +
    "Nothing was changed. If all of it may be lost:\n" +
    `  npm run pulumi -- config set deletionProtection disabled --stack ${stack}\n` +
    `  npm run up -- --stack ${stack}\n` +
    `  npm run down -- --stack ${stack}`
  );
}

/** Names what stays in a cluster that the user has when the stack's state is dropped. */
function whatIsForgotten(stack: string): string {
  try {
    const target = recordedTarget(stack);
    if (target?.kind !== "context") return `Nothing of stack ${stack} is destroyed but its local cluster`;
    const { name: project } = readProjectFiles({ checkout: root, stack });
    const objects = deployedObjects({ stateDir: stateDir(stack), project, stack });
    const list = objects.map(({ kind, name }) => `\n  ${kind} ${name}`).join("");
    const what =
      objects.length > 0 ? `these objects stay where they are:${list}` : "its state lists no object";
    return `Nothing of stack ${stack} is destroyed in context "${target.context}" of ${target.kubeconfig}; ${what}`;
  } catch (error) {
    return `${(error as Error).message}\nNothing of stack ${stack} is destroyed but its local cluster; what it has elsewhere cannot be told`;
  }
}
