/** The network as the simulator sees it: queues, gates and where frames go. Shares nothing with the encodings. */
import type { TsnGateControlList, TsnModel, TsnStream } from "../schema.ts";

/** An egress port. */
export interface SimulatedPort {
  /** `NODE>LINK` */
  readonly id: string;
  readonly node: string;
  /** The node at the other end. */
  readonly peer: string;
  readonly rateMbps: number;
  readonly propagationNs: number;
  /** Processing delay of the peer. */
  readonly peerDelayNs: number;
  /** How much the node's clock is behind the network's time. */
  readonly clockErrorNs: number;
  readonly list: TsnGateControlList | undefined;
}

/** Where a stream's frames go: by node, the ports that they leave it through. */
export type Forwarding = ReadonlyMap<string, readonly SimulatedPort[]>;

/** Ports and forwarding of a model. */
export interface SimulatedNetwork {
  readonly ports: readonly SimulatedPort[];
  readonly forwarding: ReadonlyMap<string, Forwarding>;
}

/** Builds the network in which clocks are off by the given errors. */
export function networkOf(
  model: TsnModel,
  clockErrorsNs: Readonly<Record<string, number>>,
): SimulatedNetwork {
  const ports = model.links.flatMap((link) =>
    [link.between, link.between.toReversed()].map(
      ([node = "", peer = ""]): SimulatedPort => ({
        id: `${node}>${link.id}`,
        node,
        peer,
        rateMbps: link.rateMbps,
        propagationNs: link.propagationDelayNs,
        peerDelayNs: model.nodes.find(({ id }) => id === peer)?.processingDelayNs ?? 0,
        clockErrorNs: clockErrorsNs[node] ?? 0,
        list: model.gateControlLists.find((list) => list.node === node && list.link === link.id),
      }),
    ),
  );
  const forwarding = new Map(model.streams.map((stream) => [stream.id, forwardingOf(model, ports, stream)]));
  return { ports, forwarding };
}

function forwardingOf(model: TsnModel, ports: readonly SimulatedPort[], stream: TsnStream): Forwarding {
  const leaving = new Map<string, SimulatedPort[]>();
  for (const listener of stream.listeners) {
    for (const port of pathTo(model, ports, stream, listener)) {
      const known = leaving.get(port.node) ?? [];
      if (!known.includes(port)) leaving.set(port.node, [...known, port]);
    }
  }
  return leaving;
}

/** Ports on the way to a listener: fewest links, and among such paths the one with the first links of the model. */
function pathTo(
  model: TsnModel,
  ports: readonly SimulatedPort[],
  stream: TsnStream,
  listener: string,
): SimulatedPort[] {
  const usable = ports.filter(({ id, node }) => {
    const link = id.slice(node.length + 1);
    return stream.route === undefined || stream.route.includes(link);
  });
  const distance = distancesTo(model, usable, listener);
  const path: SimulatedPort[] = [];
  let at = stream.talker;
  while (at !== listener) {
    const left = distance.get(at);
    const next = usable.find((port) => port.node === at && distance.get(port.peer) === (left ?? 0) - 1);
    if (left === undefined || !next) throw new Error(`no path from ${stream.talker} to ${listener}`);
    path.push(next);
    at = next.peer;
  }
  return path;
}

/** Links from each node to the target, by relaxing every link until nothing changes. Only bridges are on the way. */
function distancesTo(model: TsnModel, ports: readonly SimulatedPort[], target: string): Map<string, number> {
  const bridges = new Set(model.nodes.filter(({ kind }) => kind === "bridge").map(({ id }) => id));
  const distance = new Map([[target, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { node, peer } of ports) {
      const beyond = distance.get(peer);
      if (beyond === undefined || (peer !== target && !bridges.has(peer))) continue;
      if (beyond + 1 < (distance.get(node) ?? Number.POSITIVE_INFINITY)) {
        distance.set(node, beyond + 1);
        changed = true;
      }
    }
  }
  return distance;
}

/** Nanoseconds, rounded up, that a frame takes to pass a port. */
export function passingNs(model: TsnModel, stream: TsnStream, port: SimulatedPort): number {
  const bits = 8 * (stream.frameBytes + model.wireOverheadBytes);
  const whole = Math.floor((bits * 1000) / port.rateMbps);
  return whole * port.rateMbps === bits * 1000 ? whole : whole + 1;
}

/** The gates of a list at an instant of the device's time: those open, and how long nothing changes. */
export function gatesAt(
  list: TsnGateControlList,
  deviceNs: number,
): { open: readonly number[]; forNs: number } {
  const cycle = list.cycleTimeNs;
  const phase = (((deviceNs - list.baseTimeNs) % cycle) + cycle) % cycle;
  let end = 0;
  for (const [index, entry] of list.entries.entries()) {
    end = index === list.entries.length - 1 ? cycle : end + entry.durationNs;
    if (phase < end) return { open: entry.openClasses, forNs: end - phase };
  }
  throw new Error("a gate control list without entries");
}

/** From an instant of the device's time: how long the gate of a class stays open; 0 when it is closed. */
export function openForNs(
  port: SimulatedPort,
  trafficClass: number,
  deviceNs: number,
  enoughNs: number,
): number {
  if (!port.list) return Number.POSITIVE_INFINITY;
  let open = 0;
  while (open < enoughNs) {
    const state = gatesAt(port.list, deviceNs + open);
    if (!state.open.includes(trafficClass)) break;
    open += state.forNs;
  }
  return open;
}
