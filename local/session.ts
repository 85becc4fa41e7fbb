import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startCluster } from "./cluster/index.ts";
import { openWorkspace, type Workspace } from "./engine/index.ts";
import { stateDir } from "./paths.ts";
import type { Report } from "./report.ts";
import { ensureTools, type Tool, type ToolName } from "./toolchain/index.ts";

/** Where a stack is deployed to: the local cluster, or one that the user has. */
export type Target =
  | { readonly kind: "local" }
  | { readonly kind: "context"; readonly context: string; readonly kubeconfig: string };

/** A stack, ready for commands of the CLI. */
export interface Session {
  readonly target: Target;
  readonly workspace: Workspace;
  readonly cluster: { readonly kubeconfig: string; readonly context: string };
  /** The cluster was made by this call: whatever the state says of its objects is of an earlier one. */
  readonly fresh: boolean;
  readonly kubectl: string;
}

const engineTools = ["pulumi", "pulumi-resource-kubernetes", "kubectl"] as const;
const clusterTools = [
  "kwokctl",
  "kwok",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "etcd",
] as const;

/** Finds or makes every tool. */
export function allTools(report: Report): Promise<Record<ToolName, Tool>> {
  return ensureTools([...engineTools, ...clusterTools], report);
}

/** Name of a stack's local cluster, and of its context. */
export function clusterName(stack: string): string {
  return `iot-verification-${stack}`;
}

/**
 * Makes ready for commands on a stack: tools, the cluster that it is deployed to, a workspace.
 *
 * @param args.context the context to deploy to. @default where the stack is deployed already, else the local cluster
 * @throws when the stack is deployed elsewhere, or the context does not exist or does not answer
 */
export async function openSession(args: {
  readonly stack: string;
  readonly context?: string | undefined;
  readonly report: Report;
}): Promise<Session> {
  const { stack, report } = args;
  const directory = stateDir(stack);
  const target = targetOf(stack, args.context);
  const local = target.kind === "local";
  const tools = await (local ? allTools(report) : ensureTools(engineTools, report));
  const kubectl = tools.kubectl.path;
  if (!local) await checkContext(kubectl, target);
  const { fresh, ...cluster } = local
    ? await startLocal(directory, stack, tools as Record<ToolName, Tool>, report)
    : { kubeconfig: target.kubeconfig, context: target.context, fresh: false };
  mkdirSync(directory, { recursive: true });
  writeFileSync(targetFile(stack), JSON.stringify(target));
  const workspace = await openWorkspace({
    stack,
    stateDir: directory,
    tools: { pulumi: tools.pulumi, kubernetes: tools["pulumi-resource-kubernetes"] },
    cluster,
    report,
  });
  return { target, workspace, cluster, fresh, kubectl };
}

/** Where a stack is deployed to; undefined while it is deployed nowhere. */
export function recordedTarget(stack: string): Target | undefined {
  const file = targetFile(stack);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Target) : undefined;
}

function targetFile(stack: string): string {
  return join(stateDir(stack), "target.json");
}

function targetOf(stack: string, context: string | undefined): Target {
  const recorded = recordedTarget(stack);
  if (context === undefined) return recorded ?? { kind: "local" };
  const isOther = recorded && !(recorded.kind === "context" && recorded.context === context);
  if (isOther) {
    const place = recorded.kind === "local" ? "the local cluster" : `context "${recorded.context}"`;
    throw new Error(
      `stack ${stack} is deployed to ${place}; run \`npm run down -- --stack ${stack}\` before you deploy it to "${context}"`,
    );
  }
  const kubeconfig = process.env.KUBECONFIG || join(homedir(), ".kube", "config");
  return recorded ?? { kind: "context", context, kubeconfig };
}

async function startLocal(directory: string, stack: string, tools: Record<ToolName, Tool>, report: Report) {
  const paths = Object.fromEntries(Object.values(tools).map(({ name, path }) => [name, path])) as Record<
    ToolName,
    string
  >;
  return startCluster({ stateDir: directory, name: clusterName(stack), tools: paths, report });
}

async function checkContext(
  kubectl: string,
  { context, kubeconfig }: Target & { kind: "context" },
): Promise<void> {
  const ask = (...argv: string[]) =>
    promisify(execFile)(kubectl, argv, { env: { ...process.env, KUBECONFIG: kubeconfig }, timeout: 20_000 });
  const { stdout } = await ask("config", "get-contexts", "--output=name");
  const known = stdout.split("\n").filter(Boolean);
  if (!known.includes(context)) {
    const choice = known.length > 0 ? `contexts there are ${known.join(", ")}` : "there is none";
    throw new Error(`there is no context "${context}" in ${kubeconfig}; ${choice}`);
  }
  try {
    await ask("--context", context, "version", "--request-timeout=10s");
  } catch (error) {
    const reason =
      (error as { stderr?: string }).stderr?.trim().split("\n").at(-1) || (error as Error).message;
    throw new Error(`the cluster of context "${context}" does not answer: ${reason}. Nothing was changed.`);
  }
}
