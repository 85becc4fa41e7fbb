import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { readStackFile } from "../../local/render/stack-file.ts";
import { type Gate, type Run, start } from "./mocks.ts";

/** The checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The stacks of the platform. */
export const stacks = ["dev", "prod"] as const;
export type Stack = (typeof stacks)[number];

/** There is no cluster that could be asked for its operators. */
const unasked = { "iot-verification:operatorCheck": "disabled" };

/** A value of a section, or the whole section, by key: text as it is, everything else as JSON. */
export type Overrides = Readonly<Record<string, unknown>>;

export interface ProgramArgs {
  /** @default "dev" */
  readonly stack?: Stack | "cluster";
  /** Own keys (without the project's name) that replace those of the stack's file; maps are merged. */
  readonly config?: Overrides;
  /** Own keys that are set as secrets. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly gate?: Gate;
}

/** The configuration of a stack as the engine hands it over. */
export function stackConfig({ stack = "dev", config = {}, secrets = {} }: ProgramArgs = {}) {
  const file = readStackFile(root, stack);
  const values = {
    ...file.values,
    "kubernetes:context": "test-cluster",
    ...(stack !== "cluster" && unasked),
  } as Record<string, string>;
  for (const [key, value] of [config, secrets].flatMap(Object.entries<unknown>)) {
    const full = `iot-verification:${key}`;
    const old: unknown = typeof value === "object" ? JSON.parse(values[full] ?? "{}") : undefined;
    values[full] = typeof value === "string" ? value : JSON.stringify(merged(old, value));
  }
  const secretKeys = Object.keys(secrets).map((key) => `iot-verification:${key}`);
  return { values, secretKeys: [...file.secretKeys, ...secretKeys] };
}

/** Starts index.ts anew: its modules are evaluated again, as in a new process. */
export function startProgram(args: ProgramArgs = {}): Promise<Run> {
  vi.resetModules();
  return start({
    program: async () => {
      const { default: program } = await import("../../index.ts");
      return program();
    },
    stack: args.stack ?? "dev",
    config: stackConfig(args),
    ...(args.gate && { gate: args.gate }),
  });
}

/** Runs index.ts to its end. */
export async function runProgram(args: ProgramArgs = {}) {
  const { recording, outputs } = await startProgram(args);
  return { recording, outputs: await outputs };
}

function merged(old: unknown, value: unknown): unknown {
  if (!isMap(old) || !isMap(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, merged(old[key], item)]);
  return { ...old, ...Object.fromEntries(entries) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
