import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { z } from "zod";
import { deployedObjects, readProjectFiles } from "./engine/index.ts";
import { readIfThere, writeWhole } from "./files.ts";
import { root, stateDir } from "./paths.ts";

const targetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("local") }),
  z.object({ kind: z.literal("context"), context: z.string(), kubeconfig: z.string() }),
]);

/** Where a stack is deployed to: the local cluster, or one that the user has. */
export type Target = z.infer<typeof targetSchema>;

/** How to end a stack whose cluster is gone for good. */
export const forgetCommand = (stack: string) => `npm run down -- --stack ${stack} --forget`;

/**
 * Where a stack is deployed to; undefined while it is deployed nowhere.
 *
 * @throws when the record is broken and nothing else tells
 */
export function recordedTarget(stack: string): Target | undefined {
  const file = targetFile(stack);
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return targetSchema.parse(JSON.parse(text));
  } catch {
    if (existsSync(join(stateDir(stack), "cluster"))) return { kind: "local" };
    throw new Error(
      `${file} does not say where stack ${stack} is deployed: it must be {"kind":"local"} or ` +
        `{"kind":"context","context":"NAME","kubeconfig":"PATH"}. Write it again, or drop the stack's local state ` +
        `with: ${forgetCommand(stack)}`,
    );
  }
}

export function recordTarget(stack: string, target: Target): void {
  writeWhole(targetFile(stack), JSON.stringify(target));
}

/**
 * Chooses where to deploy a stack.
 *
 * @param context the context that is asked for; undefined for where the stack is, else the local cluster
 * @throws when the stack has objects elsewhere
 */
export function chooseTarget(stack: string, context: string | undefined): Target {
  const recorded = recordedTarget(stack);
  if (context === undefined) return recorded ?? { kind: "local" };
  if (recorded?.kind === "context" && recorded.context === context) return recorded;
  if (recorded && mayHaveObjects(stack)) {
    const place = recorded.kind === "local" ? "the local cluster" : `context "${recorded.context}"`;
    throw new Error(
      `stack ${stack} is deployed to ${place}; run \`npm run down -- --stack ${stack}\` before you deploy it to "${context}"`,
    );
  }
  return { kind: "context", context, kubeconfig: userKubeconfig(process.env) };
}

/** The user's kubeconfig, or several of them, as kubectl would find them where the command was called. */
export function userKubeconfig({ KUBECONFIG, INIT_CWD }: NodeJS.ProcessEnv): string {
  const files = (KUBECONFIG ?? "").split(delimiter).filter(Boolean);
  if (files.length === 0) return join(homedir(), ".kube", "config");
  return files.map((file) => resolve(INIT_CWD ?? ".", file)).join(delimiter);
}

function mayHaveObjects(stack: string): boolean {
  try {
    const { name: project } = readProjectFiles({ checkout: root, stack });
    return deployedObjects({ stateDir: stateDir(stack), project, stack }).length > 0;
  } catch {
    return true;
  }
}

function targetFile(stack: string): string {
  return join(stateDir(stack), "target.json");
}
