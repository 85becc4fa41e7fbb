/** The trees that streams take through the network. */
import type { TsnLink, TsnModel, TsnStream } from "./schema.ts";

/** One link of a tree, in the direction of the stream. */
export interface Edge {
  readonly from: string;
  readonly link: TsnLink;
  readonly to: string;
}

/** Edges from the talker outwards, each after the one that leads to it; or why there is no tree. */
export type Tree = { readonly edges: readonly Edge[] } | { readonly problem: string };

/** The stream's explicit route as a tree, or its shortest one. */
export function treeOf(model: TsnModel, stream: TsnStream): Tree {
  const links = stream.route ? model.links.filter(({ id }) => stream.route?.includes(id)) : model.links;
  const reached = spread(model, links, stream.talker);
  for (const listener of stream.listeners) {
    if (!reached.has(listener)) {
      return {
        problem: `no path of ${stream.route ? "the route's" : "the network's"} links leads to ${listener}`,
      };
    }
  }
  const needed = pruned(reached, stream.listeners);
  if (stream.route && needed.length !== stream.route.length) {
    return {
      problem:
        "the route is not a tree from the talker to its listeners: it has a loop, or links that lead to none of them",
    };
  }
  return { edges: needed };
}

/**
 * Breadth first from the talker, links in the order of the model: so the path to each node has the fewest links and the
 * first links among such. Only bridges forward.
 */
function spread(model: TsnModel, links: readonly TsnLink[], talker: string): Map<string, Edge> {
  const forwards = new Set(model.nodes.filter(({ kind }) => kind === "bridge").map(({ id }) => id));
  const reached = new Map<string, Edge>();
  let frontier = [talker];
  while (frontier.length > 0) {
    const next: string[] = [];
    for (const from of frontier) {
      for (const link of links) {
        const to = otherEnd(link, from);
        if (to === undefined || to === talker || reached.has(to)) continue;
        reached.set(to, { from, link, to });
        if (forwards.has(to)) next.push(to);
      }
    }
    frontier = next;
  }
  return reached;
}

/** The edges that lead to a listener, in the order in which they were reached. */
function pruned(reached: ReadonlyMap<string, Edge>, listeners: readonly string[]): Edge[] {
  const needed = new Set<Edge>();
  for (const listener of listeners) {
    let edge = reached.get(listener);
    while (edge && !needed.has(edge)) {
      needed.add(edge);
      edge = reached.get(edge.from);
    }
  }
  return [...reached.values()].filter((edge) => needed.has(edge));
}

function otherEnd({ between: [a, b] }: TsnLink, node: string): string | undefined {
  if (a === node) return b;
  return b === node ? a : undefined;
}
