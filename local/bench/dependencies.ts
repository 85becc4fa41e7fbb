import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { isAwaited } from "./start-up.ts";
import type { StateResource } from "./state.ts";

/** For each workload, by name, those that it truly waits for, with the reason. */
export type Dependencies = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The committed list. */
export function loadDependencies(): Dependencies {
  return parseDependencies(parse(readFileSync(new URL("dependencies.yaml", import.meta.url), "utf8")));
}

const list = z.record(z.string(), z.record(z.string(), z.string().min(1)));

/** @throws Error that says where it is no such list, or names a workload that is not in it itself */
export function parseDependencies(value: unknown): Dependencies {
  const { data, error } = list.safeParse(value);
  if (error) throw new Error(`${file} is not understood:\n${z.prettifyError(error)}`);
  for (const [workload, needs] of Object.entries(data))
    for (const need of Object.keys(needs))
      if (!data[need])
        throw new Error(`${file}: ${workload} waits for ${need}, which has no entry of its own`);
  return data;
}

const file = "local/bench/dependencies.yaml";

/** A state whose workloads depend on what they truly wait for, and everything else on nothing. */
export interface TrueState {
  readonly resources: readonly StateResource[];
  /** Waits of the state, `WORKLOAD for WORKLOAD`, that do not follow from the list, sorted. */
  readonly needless: readonly string[];
}

/** @throws Error when the state has a workload that the list has not */
export function withTrueDependencies(state: readonly StateResource[], dependencies: Dependencies): TrueState {
  const workloads = new Map(
    state.filter(isAwaited).map((resource) => [resource.urn, nameOf(resource)] as const),
  );
  const unknown = [...workloads.values()].filter((name) => !dependencies[name]);
  if (unknown.length > 0)
    throw new Error(`${file} does not say what ${unknown.join(", ")} must wait for: add an entry for each`);
  const urns = Map.groupBy(workloads.keys(), (urn) => workloads.get(urn) ?? "");
  const trueOnes = (name: string) => Object.keys(dependencies[name] ?? {});
  return {
    resources: state.map((resource) => {
      const name = workloads.get(resource.urn);
      return {
        ...resource,
        dependencies: name ? trueOnes(name).flatMap((need) => urns.get(need) ?? []) : [],
      };
    }),
    needless: [...workloads]
      .flatMap(([urn, name]) => {
        const needed = reached(name, trueOnes);
        const waits = workloadsBefore(urn, state, workloads).filter((other) => !needed.has(other));
        return waits.map((other) => `${name} for ${other}`);
      })
      .sort(),
  };
}

/** The nearest workloads that a resource depends on, through whatever is between. */
function workloadsBefore(
  urn: string,
  state: readonly StateResource[],
  workloads: ReadonlyMap<string, string>,
): string[] {
  const byUrn = new Map(state.map((resource) => [resource.urn, resource]));
  const isBefore = (one: string) => one !== urn && workloads.has(one);
  const all = reached(urn, (one) => (isBefore(one) ? [] : (byUrn.get(one)?.dependencies ?? [])));
  return [...all].filter(isBefore).map((one) => workloads.get(one) ?? "");
}

/** Everything that leads from a node, which is itself among it. */
function reached(from: string, next: (node: string) => readonly string[]): Set<string> {
  const found = new Set([from]);
  for (const node of found) for (const other of next(node)) found.add(other);
  return found;
}

const labelled = z.object({
  metadata: z.object({ labels: z.object({ "app.kubernetes.io/name": z.string() }) }),
});

/** A Job's own name ends in a checksum; its label does not. */
function nameOf({ urn, inputs }: StateResource): string {
  const { data } = labelled.safeParse(inputs);
  if (!data) throw new Error(`${urn} has no label app.kubernetes.io/name to know it by`);
  return data.metadata.labels["app.kubernetes.io/name"];
}
