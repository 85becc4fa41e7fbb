import type { StateResource } from "./state.ts";

/** A resource on the critical path. */
export interface Step {
  /** `KIND NAME`. */
  readonly resource: string;
  /** Seconds that it takes by the delays alone, once all that it waits for is there. */
  readonly seconds: number;
  /** Seconds that it took beyond that in the measured run: engine, API server, controllers; undefined if not recorded. */
  readonly beyond: number | undefined;
  /** When it was there. */
  readonly created: Date | undefined;
}

export interface CriticalPath {
  /** Seconds from the first creation to the last readiness, if nothing took time but what the delays say. */
  readonly seconds: number;
  /** From first to last. */
  readonly steps: readonly Step[];
  /** When the first and the last resource of the whole stack were created; undefined if not recorded. */
  readonly span: { readonly first: Date; readonly last: Date } | undefined;
}

interface Node {
  readonly resource: StateResource;
  readonly seconds: number;
  readonly finish: number;
  readonly before: Node | undefined;
}

/**
 * The longest chain of resources that wait for each other.
 *
 * @param secondsOf how long a resource takes by itself
 * @throws Error when resources wait for each other in a circle
 */
export function criticalPath(
  resources: readonly StateResource[],
  secondsOf: (resource: StateResource) => number,
): CriticalPath {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const nodes = new Map<string, Node | "pending">();
  const visit = (resource: StateResource): Node => {
    const known = nodes.get(resource.urn);
    if (known === "pending") throw new Error(`${resource.urn} waits for itself`);
    if (known) return known;
    nodes.set(resource.urn, "pending");
    const before = latest(resource.dependencies.flatMap((urn) => byUrn.get(urn) ?? []).map(visit));
    const seconds = secondsOf(resource);
    const node = { resource, seconds, before, finish: seconds + (before?.finish ?? 0) };
    nodes.set(resource.urn, node);
    return node;
  };
  const end = latest(resources.map(visit));
  const created = resources
    .flatMap((resource) => resource.created ?? [])
    .sort((a, b) => a.getTime() - b.getTime());
  const [first, last] = [created[0], created.at(-1)];
  return {
    seconds: end?.finish ?? 0,
    steps: chain(end).map(({ resource, seconds }) => ({
      resource: describe(resource),
      seconds,
      beyond: beyond(resource, seconds, { byUrn, first }),
      created: resource.created,
    })),
    span: first && last ? { first, last } : undefined,
  };
}

function latest(nodes: readonly Node[]): Node | undefined {
  return nodes.reduce<Node | undefined>(
    (found, node) => (found && found.finish >= node.finish ? found : node),
    undefined,
  );
}

/** From its first resource to the given one. */
function chain(end: Node | undefined): Node[] {
  return end ? [...chain(end.before), end] : [];
}

/**
 * Seconds between the last of what it waits for, or the stack's first resource if it waits for nothing, and its own end, without
 * those that it takes by itself.
 */
function beyond(
  { created, dependencies }: StateResource,
  seconds: number,
  { byUrn, first }: { readonly byUrn: ReadonlyMap<string, StateResource>; readonly first: Date | undefined },
): number | undefined {
  const awaited = dependencies.flatMap((urn) => byUrn.get(urn)?.created ?? []);
  const starts = awaited.length > 0 ? awaited : [first].filter((date) => date !== undefined);
  if (!created || starts.length === 0) return undefined;
  return (created.getTime() - Math.max(...starts.map((date) => date.getTime()))) / 1000 - seconds;
}

function describe({ type, urn }: StateResource): string {
  return `${type.split(":").at(-1)} ${urn.split("::").at(-1)}`;
}
