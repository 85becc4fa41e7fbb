/**
 * A model as the encodings see it: routes resolved to trees of hops, sizes to durations, lists to windows. Made from a
 * model without problems.
 */

import { type Gates, gatesOf } from "./gates.ts";
import { treeOf } from "./routes.ts";
import type { TsnLink, TsnModel, TsnNode, TsnStream } from "./schema.ts";

/** The egress port of a node on a link. */
export interface Port {
  /** `NODE>LINK` */
  readonly id: string;
  readonly node: TsnNode;
  readonly link: TsnLink;
  /** Windows of each traffic class in the device's own time. */
  readonly gates: Gates;
}

/** One link of a stream's tree: what happens to every frame of the stream there. */
export interface Hop {
  readonly stream: StreamPlan;
  /** Position among the stream's hops; a hop comes after its parent. */
  readonly index: number;
  readonly port: Port;
  /** The hop that the frame comes from; none at the talker. */
  readonly parent: Hop | undefined;
  /** How long the frame occupies the port. */
  readonly durationNs: number;
  /** From the start at the parent's port to the place in this queue; 0 at the talker. */
  readonly lagNs: number;
  /** From the start here to complete reception at the next node. */
  readonly deliveryNs: number;
  /** From the start here to the last listener below, when the frame waits nowhere. */
  readonly remainingNs: number;
  /** Whether the next node is one of the stream's listeners. */
  readonly listener: string | undefined;
}

/** A stream with its route. */
export interface StreamPlan {
  readonly stream: TsnStream;
  readonly hops: readonly Hop[];
}

/** A model, resolved. */
export interface Plan {
  readonly model: TsnModel;
  readonly streams: readonly StreamPlan[];
  /** Ports that some stream uses. */
  readonly ports: readonly Port[];
  /** Least common multiple of all periods and of the cycles of the ports used. */
  readonly hyperperiodNs: number;
}

/** How long a frame occupies a link, rounded up to whole nanoseconds. */
export function durationOf(frameBytes: number, overheadBytes: number, rateMbps: number): number {
  return Math.ceil(((frameBytes + overheadBytes) * 8 * 1000) / rateMbps);
}

/** Greatest common divisor of two positive integers. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Least common multiple of positive integers; `Infinity` as soon as it is beyond `bound`. */
export function lcm(values: Iterable<number>, bound: number): number {
  let result = 1;
  for (const value of values) {
    result = (result / gcd(result, value)) * value;
    if (result > bound) return Number.POSITIVE_INFINITY;
  }
  return result;
}

/** Resolves a model that has no problems. */
export function planOf(model: TsnModel): Plan {
  const nodes = new Map(model.nodes.map((node) => [node.id, node]));
  const ports = new Map<string, Port>();
  const portOf = (nodeId: string, link: TsnLink): Port => {
    const id = `${nodeId}>${link.id}`;
    const known = ports.get(id);
    if (known) return known;
    const node = nodes.get(nodeId);
    if (!node) throw new Error(`no node ${nodeId}`);
    const list = model.gateControlLists.find((each) => each.node === nodeId && each.link === link.id);
    const port = { id, node, link, gates: gatesOf(list) };
    ports.set(id, port);
    return port;
  };
  const streams = model.streams.map((stream) => streamPlan(model, stream, portOf));
  const cycles = [...ports.values()].flatMap(({ gates }) => (gates.cycleNs ? [gates.cycleNs] : []));
  const hyperperiodNs = lcm(
    [...model.streams.map(({ periodNs }) => periodNs), ...cycles],
    Number.MAX_SAFE_INTEGER,
  );
  return { model, streams, ports: [...ports.values()], hyperperiodNs };
}

function streamPlan(
  model: TsnModel,
  stream: TsnStream,
  portOf: (node: string, link: TsnLink) => Port,
): StreamPlan {
  const tree = treeOf(model, stream);
  if ("problem" in tree) throw new Error(tree.problem);
  const hops: (Hop & { remainingNs: number })[] = [];
  const plan = { stream, hops };
  const byNode = new Map<string, Hop>();
  for (const { from, link, to } of tree.edges) {
    const port = portOf(from, link);
    const parent = byNode.get(from);
    const durationNs = durationOf(stream.frameBytes, model.wireOverheadBytes, link.rateMbps);
    const deliveryNs = durationNs + link.propagationDelayNs;
    const hop = {
      stream: plan,
      index: hops.length,
      port,
      parent,
      durationNs,
      deliveryNs,
      lagNs: parent ? parent.deliveryNs + port.node.processingDelayNs : 0,
      remainingNs: deliveryNs,
      listener: stream.listeners.includes(to) ? to : undefined,
    };
    hops.push(hop);
    byNode.set(to, hop);
  }
  for (const hop of hops.toReversed()) {
    const parent = hops.find((each) => each === hop.parent);
    if (parent) parent.remainingNs = Math.max(parent.remainingNs, hop.lagNs + hop.remainingNs);
  }
  return plan;
}
