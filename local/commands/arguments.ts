import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { parseMapping, readIfThere } from "../files.ts";
import { root } from "../paths.ts";
import { readStackFile } from "../render/stack-file.ts";

/** The command was called with arguments that it does not take. */
export class UsageError extends Error {}

/**
 * Reads arguments strictly.
 *
 * @throws UsageError that names the wrong one, and says how the command is called
 */
export function readArguments<const T extends ParseArgsOptionsConfig>(args: {
  readonly argv: readonly string[];
  readonly options: T;
  readonly usage: string;
  /** How many words besides options there must be. @default 0 */
  readonly words?: number;
  /** How many more there may be. @default 0 */
  readonly optionalWords?: number;
}) {
  const fail = (problem: string) => new UsageError(`${problem}\nUsage: ${args.usage}`);
  try {
    const parsed = parseArgs({
      args: [...args.argv],
      options: args.options,
      allowPositionals: true,
      strict: true,
    });
    const { positionals } = parsed;
    const surplus = positionals[(args.words ?? 0) + (args.optionalWords ?? 0)];
    if (surplus !== undefined) throw fail(`unexpected argument "${surplus}"`);
    if (positionals.length < (args.words ?? 0)) throw fail("an argument is missing");
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // What follows the first sentence is advice for programs that take any word.
    throw fail((error as Error).message.split(". ")[0] ?? "");
  }
}

/** The stacks of this checkout: those with a configuration file. */
export function stacks(): string[] {
  return readdirSync(root)
    .flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The stacks of the platform: not those that install what the tenants of a cluster share. */
export function platformStacks(): string[] {
  return stacks().filter((stack) => !isClusterLayer(stack));
}

/** Whether a stack installs what the tenants of a cluster share. */
export function isClusterLayer(stack: string): boolean {
  const { name } = parseMapping("Pulumi.yaml", readIfThere(join(root, "Pulumi.yaml")));
  return readStackFile(root, stack).values[`${String(name)}:layer`] === "cluster";
}

/** @throws UsageError when the checkout has no such stack */
export function requireStack(stack: string, usage?: string): string {
  if (stacks().includes(stack)) return stack;
  const problem = `there is no stack "${stack}"; stacks here are ${stacks().join(", ")}`;
  throw new UsageError(usage ? `${problem}\nUsage: ${usage}` : problem);
}
