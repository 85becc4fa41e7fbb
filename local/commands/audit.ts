import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "../../policies/objects/object.ts";
import { type Assessment, assess, isClean } from "../audit/assess.ts";
import { ensureJudges, type Judges, judgeManifests } from "../audit/judges.ts";
import { auditedObject, readManifests } from "../audit/manifests.ts";
import { judgeByPolicies } from "../audit/policies.ts";
import { describeAssessment, describeVerdict } from "../audit/report.ts";
import { cacheDir, root } from "../paths.ts";
import { terminalReport } from "../report.ts";
import { interruptible } from "../toolchain/interrupt.ts";
import { run as runTool } from "../toolchain/process.ts";
import { platformStacks, readArguments, requireStack } from "./arguments.ts";

/** `npm run audit`: what the judges find in the manifests of the stacks. Exit code 0 is clean, 1 not. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = "npm run audit [-- --stack NAME] [--json]";
  const options = { stack: { type: "string" }, json: { type: "boolean", default: false } } as const;
  const { values } = readArguments({ argv, usage, options });
  const chosen = values.stack === undefined ? platformStacks() : [requireStack(values.stack, usage)];
  const report = terminalReport();
  return interruptible(async (signal) => {
    const judges = await ensureJudges({ cache: cacheDir(), report, signal });
    const assessments = new Map<string, Assessment>();
    for (const stack of chosen) {
      report.detail(`judging the manifests of stack ${stack}`);
      assessments.set(stack, await auditStack(stack, judges, signal));
    }
    const all = [...assessments.values()];
    if (values.json)
      process.stdout.write(`${JSON.stringify(Object.fromEntries(assessments), undefined, 2)}\n`);
    else {
      for (const [stack, assessment] of assessments)
        process.stdout.write(`${describeAssessment(stack, assessment)}\n`);
      process.stdout.write(describeVerdict(all));
    }
    return all.every(isClean) ? 0 : 1;
  });
}

async function auditStack(stack: string, judges: Judges, signal: AbortSignal): Promise<Assessment> {
  const directory = mkdtempSync(join(tmpdir(), "iot-verification-audit-"));
  try {
    await render(stack, directory, signal);
    const objects = join(directory, "objects");
    const manifests = readManifests(objects);
    const audited = manifests.map(auditedObject);
    const findings = await judgeManifests({ directory: objects, judges, signal });
    const own = judgeByPolicies(
      manifests.map(({ file, content }) => ({ file, content: content as KubernetesObject })),
    );
    return assess(audited, [...findings, ...own]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** In a process of its own, as one process can render one stack. */
async function render(stack: string, directory: string, signal: AbortSignal): Promise<void> {
  const argv = [join(root, "local", "main.ts"), "render", stack, "--out", directory];
  const { ok, lines } = await runTool(process.execPath, argv, { cwd: root, signal });
  signal.throwIfAborted();
  if (!ok) throw new Error(lines.join("\n"));
  if (existsSync(join(directory, "helm")))
    throw new Error(
      `stack ${stack} has Helm charts, whose objects are known to no rendering: they cannot be judged`,
    );
}
