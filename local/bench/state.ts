import { readFileSync } from "node:fs";
import { z } from "zod";

/** A resource as the engine's state has it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs: unknown;
  /** URNs of what it takes values from, and so waits for. */
  readonly dependencies: readonly string[];
  /** When the engine had created it, and what it waits for in it had come; absent for what it does not create. */
  readonly created: Date | undefined;
}

const state = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(
        z.object({
          urn: z.string(),
          type: z.string(),
          inputs: z.unknown().optional(),
          dependencies: z.array(z.string()).default([]),
          propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).default({}),
          created: z.coerce.date().optional(),
        }),
      ),
    }),
  }),
});

/** Reads the resources of a state file. @throws Error when it is none */
export function readState(file: string): StateResource[] {
  return parseState(JSON.parse(readFileSync(file, "utf8")));
}

/** @throws Error that says where the value is not a state */
export function parseState(value: unknown): StateResource[] {
  const { data, error } = state.safeParse(value);
  if (error) throw new Error(`the engine's state is not understood:\n${z.prettifyError(error)}`);
  return data.checkpoint.latest.resources.map(({ propertyDependencies, dependencies, ...resource }) => ({
    ...resource,
    created: resource.created,
    inputs: resource.inputs,
    dependencies: [
      ...new Set([...dependencies, ...Object.values(propertyDependencies).flatMap((urns) => urns ?? [])]),
    ],
  }));
}
