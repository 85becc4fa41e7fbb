import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { clearInterruption, pulumi, recover } from "../engine/index.ts";
import { type Report, terminalReport } from "../report.ts";
import { openOffline, openSession } from "../session.ts";
import { ensureTools } from "../toolchain/index.ts";
import { requireStack } from "./arguments.ts";
import { readCliCall } from "./cli-call.ts";
import { aloneOnStack } from "./stack-lock.ts";

/** `npm run pulumi -- ARGS`: the CLI on the local backend and cluster; stack `dev` unless `--stack` says otherwise. */
export async function run(argv: readonly string[]): Promise<number> {
  const call = readCliCall(argv);
  const report = terminalReport();
  if (call.asksForHelp) return printHelp(argv, report);
  const stack = requireStack(call.stack ?? "dev", "npm run pulumi -- COMMAND [--stack NAME]");
  if (call.onlyReads) return pulumi(await openOffline({ stack, report }), argv);
  return aloneOnStack({ stack, report }, async () => {
    const workspace = call.needsCluster
      ? (await openSession({ stack, report })).workspace
      : await openOffline({ stack, report });
    await recover(workspace, report);
    const code = await pulumi(workspace, call.argv);
    if (code === 0 && call.converges) clearInterruption(workspace);
    return code;
  });
}

/** Away from any project and backend: whatever was taken for a question must change nothing. */
async function printHelp(argv: readonly string[], report: Report): Promise<number> {
  const { pulumi: cli } = await ensureTools(["pulumi"], report);
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_BACKEND_URL: "file:///dev/null" };
  return spawnSync(cli.path, argv, { cwd: tmpdir(), env, stdio: "inherit" }).status ?? 1;
}
