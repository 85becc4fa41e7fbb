import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { cacheDir, root } from "../paths.ts";
import type { Report } from "../report.ts";
import { pulumiHome } from "../toolchain/index.ts";
import { engineEnvironment } from "./environment.ts";
import { readIfThere, writeWhole } from "./files.ts";
import {
  chooseStandIns,
  type EngineTools,
  type PluginSection,
  placePlugins,
  type StandIns,
} from "./plugins.ts";
import { checkpointFile } from "./recover.ts";
import { capture, type Workspace } from "./run.ts";
import { mergeStackConfig } from "./stack-config.ts";

export type { EngineTool, EngineTools, StandIns } from "./plugins.ts";
export { clearDeadLocks, recover } from "./recover.ts";
export { capture, type Finished, isInterrupted, pulumi, type Workspace } from "./run.ts";

export interface WorkspaceArgs {
  readonly stack: string;
  /** Where the stack's local state lives. */
  readonly stateDir: string;
  readonly tools: EngineTools;
  /** What is deployed to. Absent for commands that need no cluster: the user's own kubeconfig is out of reach even then. */
  readonly cluster?: { readonly kubeconfig: string; readonly context: string } | undefined;
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
 * @throws when the stack has no configuration file, or the CLI cannot create the stack
 */
export async function openWorkspace(args: WorkspaceArgs): Promise<Workspace> {
  const checkout = args.checkout ?? root;
  const dir = join(args.stateDir, "project");
  const backend = join(args.stateDir, "backend");
  const backendUrl = args.backendUrl ?? pathToFileURL(backend).href;
  const standIns = args.standIns ?? chooseStandIns(args.tools);
  const folder = join(args.stateDir, "plugins");
  const plugins = placePlugins({ tools: args.tools, standIns, checkout, folder, backendUrl });
  mkdirSync(backend, { recursive: true });
  const project = copyProject({ checkout, dir, plugins });
  copyStackConfig({ ...args, checkout, dir });
  const workspace: Workspace = {
    dir,
    env: engineEnvironment({
      user: process.env,
      checkout,
      stack: args.stack,
      backendUrl,
      pulumiHome: pulumiHome(cacheDir()),
      passphraseFile: passphrase(args.stateDir),
      kubeconfig: args.cluster?.kubeconfig ?? join(args.stateDir, "no-cluster"),
      downloadPlugins: !standIns.random,
    }),
    pulumi: args.tools.pulumi.path,
    project,
    stack: args.stack,
    stateDir: args.stateDir,
  };
  await createStack(workspace);
  return workspace;
}

/** Returns the project's name. */
function copyProject(args: { checkout: string; dir: string; plugins: PluginSection }): string {
  const file = join(args.checkout, "Pulumi.yaml");
  const text = readIfThere(file);
  if (text === undefined) throw new Error(`${file} is missing: the checkout is incomplete`);
  const { backend: _, ...project } = parse(text) as { name: string; main?: string; backend?: unknown };
  const main = project.main ?? "";
  const copy = {
    ...project,
    main: isAbsolute(main) ? main : join(args.checkout, main),
    plugins: args.plugins,
  };
  writeWhole(join(args.dir, "Pulumi.yaml"), stringify(copy, { lineWidth: 0 }));
  return project.name;
}

function copyStackConfig(args: WorkspaceArgs & { checkout: string; dir: string }): void {
  const name = `Pulumi.${args.stack}.yaml`;
  const tracked = readIfThere(join(args.checkout, name));
  if (tracked === undefined)
    throw new Error(`there is no stack "${args.stack}": ${join(args.checkout, name)} does not exist`);
  const copyFile = join(args.dir, name);
  const baseFile = join(args.stateDir, "merged-config.yaml");
  const { text, unreadable } = mergeStackConfig({
    base: readIfThere(baseFile),
    tracked,
    copy: readIfThere(copyFile),
    set: args.cluster ? { "kubernetes:context": args.cluster.context } : {},
  });
  // In this order: a merge that is cut off between the two is done again.
  writeWhole(copyFile, text, 0o600);
  writeWhole(baseFile, tracked, 0o600);
  for (const key of unreadable)
    args.report.step(
      `${name} holds ${key} encrypted for another backend; locally, set it with: npm run pulumi -- config set --secret ${key}`,
    );
}

/** The file with this stack's own passphrase, made the first time. */
function passphrase(stateDir: string): string {
  const file = join(stateDir, "passphrase");
  if (readIfThere(file) === undefined) writeWhole(file, randomBytes(32).toString("base64url"), 0o600);
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
