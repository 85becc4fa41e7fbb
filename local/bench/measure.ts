import { rmSync } from "node:fs";
import { join } from "node:path";
import { loadDelays } from "../cluster/delays.ts";
import { startCluster, stopCluster } from "../cluster/index.ts";
import { policyPack } from "../commands/cli-call.ts";
import { checkpointFile } from "../engine/checkpoint.ts";
import { ask, openWorkspace, type Workspace } from "../engine/index.ts";
import { root } from "../paths.ts";
import type { Report } from "../report.ts";
import { localTools } from "../session.ts";
import type { Tool, ToolName } from "../toolchain/index.ts";
import { type CriticalPath, criticalPath } from "./critical-path.ts";
import { loadDependencies, withTrueDependencies } from "./dependencies.ts";
import { startUpSeconds } from "./start-up.ts";
import { readState } from "./state.ts";

/** What is measured, in this order. */
export const phases = [
  "preview",
  "preview with policies",
  "cold create",
  "no change",
  "one image changed",
  "destroy",
] as const;
export type Phase = (typeof phases)[number];

/** A process of the CLI, from its start to its end. */
export interface Timed {
  readonly began: Date;
  readonly seconds: number;
}

export interface Run {
  readonly phases: Readonly<Record<Phase, Timed>>;
  /** The critical path of what the cold create made, over true dependencies. */
  readonly path: CriticalPath;
  /** Waits of the state beyond those, `WORKLOAD for WORKLOAD`. */
  readonly needless: readonly string[];
  /** Number of resources in the state after it. */
  readonly resources: number;
}

interface BenchArgs {
  readonly stack: string;
  readonly runs: number;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** No stack's name begins with a dot: no stack has its state here. */
const stateDir = join(root, ".local", ".bench");
const place = { stateDir, name: "iot-verification--bench" };

/**
 * Measures a stack on a cluster of its own, whose pods are played; it is gone afterwards.
 *
 * @throws Error with all that the CLI said when a command of it fails
 */
export async function measure(args: BenchArgs): Promise<Run[]> {
  const { stack, report, signal } = args;
  const tools: Readonly<Partial<Record<ToolName, Tool>>> = await localTools("simulated", report);
  const known = tools as Readonly<Record<ToolName, Tool>>;
  const remove = async () => {
    await stopCluster({ ...place, report });
    rmSync(stateDir, { recursive: true, force: true });
  };
  // What an earlier one left that was killed.
  await remove();
  try {
    const paths = Object.fromEntries(Object.values(tools).map(({ name, path }) => [name, path])) as Record<
      ToolName,
      string
    >;
    const cluster = await startCluster({ ...place, tools: paths, form: { name: "simulated" }, report });
    const workspace = await openWorkspace({
      stack,
      stateDir,
      tools: { pulumi: known.pulumi, kubernetes: known["pulumi-resource-kubernetes"] },
      cluster,
      report,
    });
    const runs: Run[] = [];
    for (let index = 1; index <= args.runs; index++)
      runs.push(await measureOnce(workspace, { report, signal, title: `run ${index} of ${args.runs}` }));
    return runs;
  } finally {
    await remove();
  }
}

async function measureOnce(
  workspace: Workspace,
  {
    report,
    signal,
    title,
  }: { readonly report: Report; readonly signal: AbortSignal; readonly title: string },
): Promise<Run> {
  const timed = async (phase: Phase, argv: readonly string[]): Promise<Timed> => {
    signal.throwIfAborted();
    report.detail(`${title}: ${phase}`);
    const began = new Date();
    const start = performance.now();
    await ask(workspace, argv);
    return { began, seconds: (performance.now() - start) / 1000 };
  };
  const up = ["up", "--yes", "--suppress-outputs", ...policyPack];
  const preview = ["preview", "--suppress-outputs"];
  const unjudged = await timed("preview", preview);
  const judged = await timed("preview with policies", [...preview, ...policyPack]);
  const cold = await timed("cold create", up);
  const { resources, needless } = withTrueDependencies(
    readState(checkpointFile(workspace)),
    loadDependencies(),
  );
  const delays = loadDelays();
  const path = criticalPath(resources, (resource) => startUpSeconds(resource, delays));
  const unchanged = await timed("no change", up);
  await ask(workspace, ["config", "set", "--path", changedImage.key, changedImage.reference]);
  const changed = await timed("one image changed", up);
  await ask(workspace, ["state", "unprotect", "--all", "--yes"]);
  const destroyed = await timed("destroy", ["destroy", "--yes"]);
  await ask(workspace, ["config", "rm", "--path", changedImage.key]);
  return {
    phases: {
      preview: unjudged,
      "preview with policies": judged,
      "cold create": cold,
      "no change": unchanged,
      "one image changed": changed,
      destroy: destroyed,
    },
    path,
    needless,
    resources: resources.length,
  };
}

/** A gateway of another version; played pods pull whatever they are told. */
const changedImage = {
  key: "iot-verification:images.overrides.api-gateway",
  reference: "ghcr.io/iot-verification/api-gateway:0.1.1",
};
