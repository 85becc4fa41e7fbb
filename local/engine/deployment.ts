import { ask, type Workspace } from "./run.ts";

/** What the CLI exports of a stack: https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/ */
interface Export {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly { readonly type: string }[];
    readonly secrets_providers?: unknown;
  };
}

/** How many resources the state of a stack has, the stack itself and providers left out. */
export async function countResources(workspace: Workspace): Promise<number> {
  const { deployment } = await exported(workspace);
  return (deployment.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:")).length;
}

/**
 * Gives a stack these resources as its state. Secrets among them are in plain text: they reach the CLI through a pipe, and it
 * encrypts them as the stack's backend does.
 *
 * @throws Error when the stack has no way to encrypt them, or the CLI finds the state inconsistent
 */
export async function importResources(workspace: Workspace, resources: readonly unknown[]): Promise<void> {
  const empty = await exported(workspace);
  if (!empty.deployment.secrets_providers)
    throw new Error(
      `the state of stack ${workspace.stack} names no secrets provider, and would hold every credential in plain text. ` +
        "Give it one with: pulumi stack change-secrets-provider",
    );
  const state = { ...empty, deployment: { ...empty.deployment, resources } };
  await ask(workspace, ["stack", "import"], JSON.stringify(state));
}

async function exported(workspace: Workspace): Promise<Export> {
  return JSON.parse(await ask(workspace, ["stack", "export"])) as Export;
}

/** The configuration of a stack as its program gets it, secret values in plain text. */
export async function programConfig(workspace: Workspace): Promise<{
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}> {
  const text = await ask(workspace, ["config", "--json", "--show-secrets"]);
  const entries = Object.entries(
    JSON.parse(text) as Record<string, { readonly value?: string; readonly secret: boolean }>,
  );
  return {
    config: Object.fromEntries(entries.map(([key, { value = "" }]) => [key, value])),
    secretKeys: entries.flatMap(([key, { secret }]) => (secret ? [key] : [])),
  };
}
