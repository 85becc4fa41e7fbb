import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { stopCluster } from "../cluster/index.ts";
import { isInterrupted, pulumi, recover } from "../engine/index.ts";
import { checkpointFile } from "../engine/recover.ts";
import { stateDir } from "../paths.ts";
import { type Report, terminalReport } from "../report.ts";
import { clusterName, openSession, recordedTarget, type Target } from "../session.ts";
import { readArguments, requireStack } from "./arguments.ts";

/** `npm run down`: destroys a stack, stops its local cluster, and removes everything but the tool cache. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run down [-- --stack NAME]";
  const options = { stack: { type: "string", default: "dev" } } as const;
  const { values } = readArguments({ argv, usage, options });
  const stack = requireStack(values.stack);
  const report = terminalReport();

  const directory = stateDir(stack);
  if (!existsSync(directory)) {
    report.step(`Stack ${stack} is not up; there is nothing to end`);
    return 0;
  }
  const target = recordedTarget(stack);
  if (target) {
    const code = await destroy(stack, target, report);
    if (code !== 0) return code;
  }
  await stopCluster({ stateDir: directory, name: clusterName(stack), report });
  removeState(directory);
  report.step(`Stack ${stack} is gone, and so is its local state`);
  return 0;
}

/** Objects of a local cluster go with it: there, a destroy that fails does not keep the cluster from ending. */
async function destroy(stack: string, target: Target, report: Report): Promise<number> {
  try {
    const { workspace } = await openSession({ stack, report });
    await recover(workspace, report);
    if (!existsSync(checkpointFile(workspace))) return 0;
    if (target.kind === "context" && isInterrupted(workspace)) {
      report.step(
        "The last deployment was killed; what it was creating at that moment may be in no state. If you see any of it " +
          "afterwards, run `npm run up` and `npm run down` once more",
      );
    }
    const code = await pulumi(workspace, ["destroy", "--yes"]);
    if (code === 0 || target.kind === "context") return code;
    report.step("The destruction failed; the local cluster is removed with all that is in it");
  } catch (error) {
    if (target.kind === "context") throw error;
    report.step(`${(error as Error).message}\nThe local cluster is removed with all that is in it`);
  }
  return 0;
}

function removeState(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  const parent = dirname(directory);
  if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
}
