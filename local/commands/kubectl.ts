import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** kubectl on the cluster of a deployed stack. */
export interface Kubectl {
  readonly program: string;
  /** One file or several, as KUBECONFIG has them. */
  readonly kubeconfig: string;
  readonly context: string;
  /** The namespace of commands that name none. @default what the context says */
  readonly namespace?: string;
}

/** What a call of kubectl takes besides its own arguments. */
export function callOf({ kubeconfig, context, namespace }: Kubectl) {
  // By the variable, as the option takes one file only.
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const place = namespace === undefined ? [] : ["--namespace", namespace];
  return { argv: ["--context", context, ...place], env };
}

/** Runs a command of kubectl that answers with JSON. */
export async function askKubectl<T>(kubectl: Kubectl, command: readonly string[]): Promise<T> {
  const { argv, env } = callOf(kubectl);
  const all = [...argv, ...command, "--output=json"];
  const { stdout } = await promisify(execFile)(kubectl.program, all, { env, maxBuffer: 64 << 20 });
  return JSON.parse(stdout) as T;
}
