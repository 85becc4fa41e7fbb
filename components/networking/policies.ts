import type * as k8s from "@pulumi/kubernetes";
import { selectorLabels } from "../foundation/labels.ts";
import {
  type Endpoint,
  isOutside,
  isUdp,
  type Outside,
  type Place,
  placeOf,
  portOf,
  type Workload,
} from "./endpoints.ts";
import type { Flow } from "./graph.ts";
import { meshPorts, probesAddress, type Whereness } from "./mesh.ts";

type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

/** Where a party outside the platform is. */
export interface Whereabouts {
  /** Ranges of addresses, such as `192.0.2.0/24`. */
  readonly cidrs: readonly string[];
  /** Names of namespaces; all of their pods are meant. */
  readonly namespaces: readonly string[];
  /** TCP ports that it accepts connections on: those of its pods, not of a Service before them. */
  readonly ports: readonly number[];
}

/** Where each party outside the platform is. One that has neither ranges nor namespaces may be anywhere. */
export type Peers = Readonly<Record<Exclude<Outside, "dns">, Whereabouts>> & {
  readonly dns: {
    /** Pods of the DNS server: their namespace, and the labels that select them there. */
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Ranges of addresses that answer besides, such as that of a cache on the node. */
    readonly cidrs: readonly string[];
    /** UDP and TCP. */
    readonly ports: readonly number[];
  };
};

export interface PolicyArgs {
  readonly flows: readonly Flow[];
  readonly peers: Peers;
  /** Names of the namespaces. */
  readonly namespaces: Readonly<Record<Place, string>>;
  /** Whether the pods are in a mesh, whose tunnel then carries connections between them. @default none */
  readonly mesh?: boolean;
}

/** The rules for the pods of one workload. */
export interface WorkloadPolicy {
  readonly workload: Workload;
  readonly place: Place;
  readonly spec: PolicySpec;
}

/** Refuses every connection of every pod of a namespace, in both directions, unless another policy allows it. */
export const denyAll: PolicySpec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

/** A policy for each workload that has a flow: it allows that workload's flows, as `denyAll` refuses all others. */
export function workloadPolicies(args: PolicyArgs): WorkloadPolicy[] {
  const ends = args.flows.flatMap(({ from, to }) => [from, to]);
  const workloads = [...new Set(ends)].filter((end) => !isOutside(end));
  return workloads.sort().map((workload) => {
    const place = placeOf(workload);
    const rules = (direction: Direction) => rulesOf({ ...args, place, workload, direction });
    return {
      workload,
      place,
      spec: {
        podSelector: { matchLabels: selectorLabels(workload) },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          ...rules("ingress").map(({ peers, ports }) => ({ ...(peers && { from: peers }), ports })),
          ...(args.mesh ? [{ from: [inRange(probesAddress)] }] : []),
        ],
        egress: rules("egress").map(({ peers, ports }) => ({ ...(peers && { to: peers }), ports })),
      },
    };
  });
}

type Direction = "ingress" | "egress";

interface Rule {
  /** Absent: whoever and wherever. An empty list would mean the same. */
  readonly peers: Peer[] | undefined;
  readonly ports: { readonly protocol: "TCP" | "UDP"; readonly port: number }[];
}

interface RuleArgs extends PolicyArgs {
  readonly workload: Workload;
  readonly place: Place;
  readonly direction: Direction;
}

/** One rule for each set of ports, with all parties that share it; those that may be anywhere have rules of their own. */
function rulesOf(args: RuleArgs): Rule[] {
  const [own, other] = args.direction === "ingress" ? (["to", "from"] as const) : (["from", "to"] as const);
  const flows = args.flows.filter((flow) => flow[own] === args.workload);
  const rules = new Map<string, Rule>();
  for (const [endpoint, between] of Map.groupBy(flows, (flow) => flow[other])) {
    const ports = portsOf(between, args);
    const peers = peersAt(endpoint, args);
    const key = JSON.stringify([peers === undefined, ports]);
    rules.set(key, { ports, peers: peers && [...(rules.get(key)?.peers ?? []), ...peers] });
  }
  return [...rules.values()];
}

/** The ports of flows that end at the same party, each once. */
function portsOf(flows: readonly Flow[], { peers, mesh = false }: PolicyArgs): Rule["ports"] {
  const ports = flows.flatMap((flow) => {
    const { to, port } = flow;
    if (to === "dns") return peers.dns.ports.flatMap((number) => [udp(number), tcp(number)]);
    if (!isOutside(to) && isUdp(port)) return [udp(portOf(to, port))];
    const plain = isOutside(to) ? portsOutside(to, peers) : [portOf(to, port)];
    return (mesh ? meshPorts(flow, plain, (party) => whereIs(party, peers)) : plain).map(tcp);
  });
  const distinct = new Map(ports.map((port) => [`${port.protocol} ${port.port}`, port]));
  return [...distinct.values()].sort((a, b) => a.port - b.port);
}

function whereIs(party: Outside, peers: Peers): Whereness {
  if (party === "dns") return "hosts";
  const { namespaces, cidrs } = peers[party];
  if (namespaces.length > 0) return "pods";
  return cidrs.length > 0 ? "hosts" : "anywhere";
}

/** An empty list in a rule would mean every port. */
function portsOutside(party: Exclude<Outside, "dns">, peers: Peers): readonly number[] {
  const { ports } = peers[party];
  if (ports.length === 0) throw new Error(`a flow ends at ${party}, which accepts connections on no port`);
  return ports;
}

const tcp = (port: number) => ({ protocol: "TCP", port }) as const;
const udp = (port: number) => ({ protocol: "UDP", port }) as const;

/** How a policy in `place` names a party; undefined for one that may be anywhere. */
function peersAt(endpoint: Endpoint, { peers, place, namespaces }: RuleArgs): Peer[] | undefined {
  if (endpoint === "dns") {
    const { namespace, labels, cidrs } = peers.dns;
    const pods = { ...inNamespace(namespace), podSelector: { matchLabels: labels } };
    return [pods, ...cidrs.map(inRange)];
  }
  if (isOutside(endpoint)) {
    const known = [...peers[endpoint].namespaces.map(inNamespace), ...peers[endpoint].cidrs.map(inRange)];
    return known.length > 0 ? known : undefined;
  }
  const podSelector = { matchLabels: selectorLabels(endpoint) };
  const home = placeOf(endpoint);
  return [home === place ? { podSelector } : { ...inNamespace(namespaces[home]), podSelector }];
}

/** The label is the API server's own: nobody can give it to another namespace. */
const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const inRange = (cidr: string) => ({ ipBlock: { cidr } });
