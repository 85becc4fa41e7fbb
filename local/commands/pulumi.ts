import { pulumi } from "../engine/index.ts";
import { recover } from "../engine/recover.ts";
import { terminalReport } from "../report.ts";
import { openSession } from "../session.ts";
import { requireStack } from "./arguments.ts";
import { policyPack } from "./up.ts";

/** `npm run pulumi -- ARGS`: the CLI on the local backend and cluster; stack `dev` unless `--stack` says otherwise. */
export async function run(argv: readonly string[]): Promise<number> {
  const stack = requireStack(stackOf(argv) ?? "dev");
  const report = terminalReport();
  const { workspace } = await openSession({ stack, report });
  await recover(workspace, report);
  const judged = judgedCommands.includes(argv[0] ?? "") ? policyPack : [];
  return pulumi(workspace, [...argv, ...judged]);
}

const judgedCommands = ["up", "update", "preview", "pre"];

function stackOf(argv: readonly string[]): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word === "--stack" || word === "-s") return argv[index + 1];
    const match = /^(?:--stack|-s)=(.+)$/.exec(word);
    if (match) return match[1];
  }
  return undefined;
}
