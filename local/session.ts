import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brokenCluster } from "./cluster/broken.ts";
import {
  chooseForm,
  existingCluster,
  type Form,
  type FormName,
  formVariable,
  startCluster,
  stopCluster,
} from "./cluster/index.ts";
import { definitionsOf } from "./cluster/operators/index.ts";
import { openWorkspace, readProjectFiles, type Workspace } from "./engine/index.ts";
import { buildImages } from "./images/index.ts";
import { stackReferences } from "./images/references.ts";
import { parsedStack, stackOperators } from "./parsed-stack.ts";
import { root, stateDir } from "./paths.ts";
import type { Report } from "./report.ts";
import { chooseTarget, forgetCommand, recordedTarget, recordTarget, type Target } from "./target.ts";
import { containerRuntime } from "./toolchain/debian/container-runtime.ts";
import { ensureTools, type Tool, type ToolName } from "./toolchain/index.ts";
import { interruptible } from "./toolchain/interrupt.ts";

/** A stack, ready for commands of the CLI. */
export interface Session {
  readonly target: Target;
  readonly workspace: Workspace;
  readonly cluster: SessionCluster;
  /** The cluster was made by this call: whatever the state says of its objects is of an earlier one. */
  readonly fresh: boolean;
}

/** The cluster that a stack is deployed to. */
export interface SessionCluster {
  readonly kubeconfig: string;
  readonly context: string;
  /** How pods run in a local cluster; absent for one that the user has. */
  readonly form?: FormName;
  /** URL on 127.0.0.1 that leads to the gateway, where this machine has such a way. */
  readonly gateway?: string | undefined;
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
const nodeTools = ["kubelet", "kube-proxy", "kube-network-policies", "coredns", "pause"] as const;

/** Finds or makes every tool that this machine's form of the local cluster takes. */
export async function allTools(report: Report): Promise<Readonly<Record<LocalToolName, Tool>>> {
  return localTools((await chosenForm()).form, report);
}

function chosenForm(current?: FormName) {
  return chooseForm({ wanted: process.env[formVariable], current });
}

/** Finds or makes every tool that a form of the local cluster takes. */
export async function localTools(
  form: FormName,
  report: Report,
): Promise<Readonly<Record<LocalToolName, Tool>>> {
  const more = form === "node" ? nodeTools : [];
  return ensureTools([...engineTools, ...clusterTools, ...more], report);
}

type LocalToolName = (typeof engineTools)[number] | (typeof clusterTools)[number];

/** Name of a stack's local cluster, and of its context. */
export function clusterName(stack: string): string {
  return `iot-verification-${stack}`;
}

/**
 * Makes ready for commands on a stack: tools, the cluster that it is deployed to, a workspace.
 *
 * @param args.context the context to deploy to. @default where the stack is deployed already, else the local cluster
 * @throws when the stack is deployed elsewhere, a file of it is broken, or the context does not exist or does not answer
 */
export async function openSession(args: {
  readonly stack: string;
  readonly context?: string | undefined;
  readonly report: Report;
}): Promise<Session> {
  const { stack, report } = args;
  // Files first: a broken one is better known before minutes of work.
  readProjectFiles({ checkout: root, stack });
  const target = chooseTarget(stack, args.context);
  const session = target.kind === "local" ? localCluster(stack, report) : ownCluster(stack, target, report);
  const { tools, fresh, cluster } = await session;
  recordTarget(stack, target);
  const config = "form" in cluster && cluster.form === "node" ? withoutMesh(stack, report) : undefined;
  const workspace = await openWorkspace({ ...workspaceArgs(stack, tools, report), cluster, config });
  return { target, workspace, cluster, fresh };
}

/** On the real node policies are enforced, and there is no mesh that would carry what they leave to it. */
function withoutMesh(stack: string, report: Report): Record<string, unknown> | undefined {
  const { layer, mesh } = parsedStack(stack);
  if (layer === "cluster" || mesh.form === "none") return undefined;
  report.step("The local cluster has no mesh: the stack is deployed without one.");
  return { [`${readProjectFiles({ checkout: root, stack }).name}:mesh`]: { form: "none" } };
}

/** Makes ready for commands that need no cluster; neither makes nor reaches one. */
export async function openOffline(args: {
  readonly stack: string;
  readonly report: Report;
}): Promise<Workspace> {
  const { stack, report } = args;
  return openWorkspace(workspaceArgs(stack, await ensureTools(engineTools, report), report));
}

type EngineToolName = (typeof engineTools)[number];

function workspaceArgs(stack: string, tools: Readonly<Record<EngineToolName, Tool>>, report: Report) {
  const { pulumi, "pulumi-resource-kubernetes": kubernetes } = tools;
  return { stack, stateDir: stateDir(stack), tools: { pulumi, kubernetes }, report };
}

async function localCluster(stack: string, report: Report) {
  const place = { stateDir: stateDir(stack), name: clusterName(stack) };
  const { form: name, says } = await chosenForm(existingCluster(place)?.form);
  report.step(says);
  const tools = await localTools(name, report);
  const paths = Object.fromEntries(Object.values(tools).map((tool) => [tool.name, tool.path])) as Record<
    ToolName,
    string
  >;
  const form = await interruptible((signal) => formOf(name, { stack, paths, report, signal }));
  const ids = stackOperators(stack);
  const operators = ids.length > 0 ? { ids, definitions: await definitionsOf(ids, report) } : undefined;
  const cluster = await startCluster({ ...place, tools: paths, form, report, operators });
  const { fresh, kubeconfig, context, gateway } = cluster;
  const broken = () => brokenCluster(place);
  return { tools, fresh, cluster: { kubeconfig, context, form: name, gateway, broken } };
}

/** A form with all that it takes. */
async function formOf(
  name: FormName,
  args: {
    readonly stack: string;
    readonly paths: Readonly<Record<ToolName, string>>;
    readonly report: Report;
    readonly signal: AbortSignal;
  },
): Promise<Form> {
  if (name === "simulated") return { name };
  const { stack, paths, report, signal } = args;
  const images = await buildImages({ references: stackReferences(stack), report, signal });
  if (name === "kind") return { name, images };
  const { bin, cniPlugins } = await containerRuntime({ report, signal });
  const own = Object.fromEntries(nodeTools.map((tool) => [tool, paths[tool]])) as Record<
    (typeof nodeTools)[number],
    string
  >;
  return { name, images, tools: { bin, cniPlugins, ...own } };
}

async function ownCluster(stack: string, target: Target & { kind: "context" }, report: Report) {
  const tools = await ensureTools(engineTools, report);
  const { context, kubeconfig } = target;
  const problem = await contextProblem(tools.kubectl.path, target);
  if (problem) {
    const way = recordedTarget(stack)
      ? ` If that cluster is gone for good, drop the stack's local state with: ${forgetCommand(stack)}`
      : "";
    throw new Error(`${problem}. Nothing was changed.${way}`);
  }
  // A stack without objects may have been prepared for the local cluster before.
  const place = { stateDir: stateDir(stack), name: clusterName(stack) };
  if (existsSync(join(place.stateDir, "cluster"))) await stopCluster({ ...place, report });
  return { tools, fresh: false, cluster: { kubeconfig, context } };
}

async function contextProblem(
  kubectl: string,
  { context, kubeconfig }: Target & { kind: "context" },
): Promise<string | undefined> {
  const ask = async (...argv: string[]) => {
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const { stdout } = await promisify(execFile)(kubectl, argv, { env, timeout: 20_000 });
    return stdout;
  };
  let task = `the kubeconfig ${kubeconfig} cannot be read`;
  try {
    const known = (await ask("config", "get-contexts", "--output=name")).split("\n").filter(Boolean);
    if (!known.includes(context)) {
      const choice = known.length > 0 ? `contexts there are ${known.join(", ")}` : "there is none";
      return `there is no context "${context}" in ${kubeconfig}; ${choice}`;
    }
    task = `the cluster of context "${context}" does not answer`;
    await ask("--context", context, "version", "--request-timeout=10s");
    return undefined;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split("\n").at(-1);
    return `${task}: ${said || (error as Error).message}`;
  }
}
