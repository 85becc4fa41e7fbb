import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readIfThere, writeWhole } from "../files.ts";
import { cacheDir, root } from "../paths.ts";
import type { Report } from "../report.ts";
import { pulumiHome } from "../toolchain/index.ts";
import { checkpointFile } from "./checkpoint.ts";
import { engineEnvironment } from "./environment.ts";
import { chooseStandIns, type EngineTools, placePlugins, type StandIns } from "./plugins.ts";
import { copyProject, copyStackConfig, readProjectFiles } from "./project.ts";
import { capture, type Workspace } from "./run.ts";

export { deployedObjects, isProtected, type UnreadyResource, unreadyResources } from "./checkpoint.ts";
export { StackInUseError } from "./dead-locks.ts";
export { countResources, importResources, programConfig } from "./deployment.ts";
export { withOwnPulumi } from "./own.ts";
export type { EngineTool, EngineTools, StandIns } from "./plugins.ts";
export { readProjectFiles } from "./project.ts";
export { recover } from "./recover.ts";
export { ask, clearInterruption, isInterrupted, noteTakeover, pulumi, type Workspace } from "./run.ts";

export interface WorkspaceArgs {
  readonly stack: string;
  /** Where the stack's local state lives. */
  readonly stateDir: string;
  readonly tools: EngineTools;
  /** What is deployed to. Absent for commands that need no cluster: the user's own kubeconfig is out of reach even then. */
  readonly cluster?:
    | {
        readonly kubeconfig: string;
        readonly context: string;
        /** Says why the cluster can no longer be worked on, if so. */
        readonly broken?: (() => Promise<string | undefined>) | undefined;
      }
    | undefined;
  /** Own keys of the configuration that the local copy gets in any case. @default none */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** @default the checkout of this file */
  readonly checkout?: string | undefined;
  /** @default chosen by the tools' origins */
  readonly standIns?: StandIns | undefined;
  /** @default the folder `backend` in stateDir */
  readonly backendUrl?: string | undefined;
  readonly report: Report;
}

/**
 * Makes ready for CLI commands on a local stack: a copy of the project files that the CLI may write to, an
 * environment of its own, a passphrase, and the stack itself when it does not exist yet. Idempotent.
 *
 * @throws when a file of the stack is missing or broken, or the CLI cannot create the stack
 */
export async function openWorkspace(args: WorkspaceArgs): Promise<Workspace> {
  const checkout = args.checkout ?? root;
  const files = readProjectFiles({ checkout, stack: args.stack });
  const dir = join(args.stateDir, "project");
  const backend = join(args.stateDir, "backend");
  const backendUrl = args.backendUrl ?? pathToFileURL(backend).href;
  const standIns = args.standIns ?? chooseStandIns(args.tools);
  const folder = join(args.stateDir, "plugins");
  const plugins = placePlugins({ tools: args.tools, standIns, checkout, folder, backendUrl });
  mkdirSync(backend, { recursive: true });
  copyProject({ files, checkout, dir, plugins });
  const set = {
    ...args.config,
    ...(args.cluster && { "kubernetes:context": args.cluster.context }),
  };
  copyStackConfig({ files, dir, stateDir: args.stateDir, set, report: args.report });
  const workspace: Workspace = {
    dir,
    env: engineEnvironment({
      user: process.env,
      checkout,
      stack: args.stack,
      backendUrl,
      pulumiHome: pulumiHome(cacheDir()),
      passphraseFile: passphrase(args.stateDir),
      compileCache: join(cacheDir(), "compiled"),
      kubeconfig: args.cluster?.kubeconfig ?? join(args.stateDir, "no-cluster"),
      downloadPlugins: !standIns.providers,
    }),
    pulumi: args.tools.pulumi.path,
    project: files.name,
    stack: args.stack,
    stateDir: args.stateDir,
    report: args.report,
    broken: args.cluster?.broken,
  };
  await createStack(workspace);
  return workspace;
}

/** The file with this stack's own passphrase, made the first time. */
function passphrase(stateDir: string): string {
  const file = join(stateDir, "passphrase");
  if (readIfThere(file) === undefined) writeWhole(file, randomBytes(32).toString("base64url"));
  return file;
}

async function createStack(workspace: Workspace): Promise<void> {
  if (readIfThere(checkpointFile(workspace)) !== undefined) return;
  const { code, stdout, stderr } = await capture(workspace, [
    "stack",
    "init",
    workspace.stack,
    "--no-select",
  ]);
  if (code !== 0 && !/already exists/.test(stderr))
    throw new Error(
      `cannot create the stack ${workspace.stack}: pulumi stack init failed:\n${stdout}${stderr}`,
    );
}
