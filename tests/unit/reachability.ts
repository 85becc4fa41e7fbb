import { BlockList, isIPv6 } from "node:net";

// What NetworkPolicies permit, computed from nothing but plain objects, by the API's own words:
// https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
// It shares no code with what makes the policies: the two agree only when both are right.

type Labels = Readonly<Record<string, string>>;

/** As of https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

/** A NetworkPolicy as it is rendered. */
export interface NetworkPolicy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly PolicyPort[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly PolicyPort[] }[];
  };
}

/** A port that a pod declares. */
export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** A pod, or an address outside the cluster: one without a namespace. */
export interface Party {
  /** What it is called in the matrix. */
  readonly id: string;
  readonly address: string;
  readonly pod?: {
    readonly namespace: string;
    readonly labels: Labels;
    readonly ports: readonly ContainerPort[];
    readonly hostNetwork?: boolean;
    /** Name of its ServiceAccount. @default default */
    readonly account?: string;
  };
}

export interface Cluster {
  readonly policies: readonly NetworkPolicy[];
  /** Labels of each namespace, by its name; that of its name is added, as the API server does. */
  readonly namespaces: Readonly<Record<string, Labels>>;
  readonly parties: readonly Party[];
  /**
   * Whether `ipBlock` covers pods in its range too. Kubernetes leaves it to the plugin: Calico's does, Cilium's does not.
   */
  readonly ipBlockCoversPods: boolean;
}

/** A port that a connection is tried on. */
export interface TriedPort {
  readonly port: number;
  readonly protocol: string;
}

/** Whether the connections from one party to another are of interest. */
export type Interest = (from: Party, to: Party) => boolean;

/**
 * Every permitted connection of interest, as `FROM > TO PROTOCOL/PORT`, sorted. A pod stands for all of its kind: what it may
 * do to itself is what they may do to each other. Tried are all ports that a pod declares or a policy names or borders on, and
 * one that nobody does.
 */
export function matrix(cluster: Cluster, interest: Interest): string[] {
  const tried = portsToTry(cluster);
  return cluster.parties
    .flatMap((from) => cluster.parties.map((to) => ({ from, to: { ...to } })))
    .filter(({ from, to }) => interest(from, to))
    .flatMap(({ from, to }) =>
      tried
        .filter(passage(cluster, from, to))
        .map(({ port, protocol }) => `${from.id} > ${to.id} ${protocol}/${port}`),
    )
    .sort();
}

/** The matrix of one side alone, as if the other fenced nothing: what pods accept, or what they open. */
export function sideMatrix(
  cluster: Cluster,
  direction: "Ingress" | "Egress",
  fences: (party: Party) => boolean,
): string[] {
  const policies = cluster.policies
    .filter(({ spec }) => typesOf(spec).includes(direction))
    .map((policy) => ({ ...policy, spec: { ...policy.spec, policyTypes: [direction] } }));
  return matrix({ ...cluster, policies }, (from, to) => fences(direction === "Ingress" ? to : from));
}

/** Tells of a port whether both sides let a connection pass: the one that opens it, and the one that accepts it. */
export function passage(cluster: Cluster, from: Party, to: Party): (tried: TriedPort) => boolean {
  for (const { id, pod } of [from, to])
    if (pod?.hostNetwork) throw new Error(`no policy reaches ${id}: it is on the network of its node`);
  // "A pod cannot block access to itself."
  if (from === to) return () => true;
  const sides = [
    openings(cluster, { fenced: from, direction: "Egress", other: to }),
    openings(cluster, { fenced: to, direction: "Ingress", other: from }),
  ];
  // Most pairs: for them, no port needs to be tried.
  if (sides.some((side) => side.length === 0)) return () => false;
  return (tried) => sides.every((side) => side.some((port) => includes(port, tried, to)));
}

interface Side {
  readonly fenced: Party;
  readonly direction: "Ingress" | "Egress";
  readonly other: Party;
}

/** Stands for every port, as a rule without ports does. */
const everyPort: readonly PolicyPort[] = ["TCP", "UDP", "SCTP"].map((protocol) => ({ protocol }));

/** The ports that one side leaves open to the other: allowances add up, and a pod that no policy isolates has all open. */
function openings(cluster: Cluster, { fenced, direction, other }: Side): readonly PolicyPort[] {
  const policies = policiesOf(cluster, fenced, direction);
  if (policies.length === 0) return everyPort;
  return policies.flatMap((policy) =>
    rulesOf(policy, direction)
      .filter(({ peers }) => peers.length === 0 || peers.some((peer) => covers(cluster, policy, peer, other)))
      .flatMap(({ ports }) => (ports.length === 0 ? everyPort : ports)),
  );
}

/** Of peers and ports, a missing list is as an empty one: it stands for all. */
function rulesOf({ spec }: NetworkPolicy, direction: Side["direction"]) {
  return direction === "Ingress"
    ? (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

/** The policies that isolate a party in one direction. */
function policiesOf(cluster: Cluster, { pod }: Party, direction: "Ingress" | "Egress"): NetworkPolicy[] {
  if (!pod) return [];
  return cluster.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      selects(spec.podSelector ?? {}, pod.labels) &&
      typesOf(spec).includes(direction),
  );
}

function typesOf({ policyTypes, egress }: NetworkPolicy["spec"]): readonly string[] {
  return policyTypes ?? (egress && egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"]);
}

function covers(cluster: Cluster, policy: NetworkPolicy, peer: Peer, { address, pod }: Party): boolean {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (ipBlock) {
    if (namespaceSelector || podSelector) throw new Error("a peer with ipBlock has a selector besides");
    const isInRange =
      contains(ipBlock.cidr, address) && !ipBlock.except?.some((cidr) => contains(cidr, address));
    return isInRange && (!pod || cluster.ipBlockCoversPods);
  }
  if (!namespaceSelector && !podSelector) throw new Error("a peer is empty: the API server refuses it");
  if (!pod) return false;
  const isPlace = namespaceSelector
    ? selects(namespaceSelector, labelsOf(cluster, pod.namespace))
    : pod.namespace === policy.metadata.namespace;
  return isPlace && selects(podSelector ?? {}, pod.labels);
}

function labelsOf({ namespaces }: Cluster, name: string): Labels {
  return { ...namespaces[name], "kubernetes.io/metadata.name": name };
}

/** A named port is the one that the accepting pod declares. */
function includes({ protocol = "TCP", port, endPort }: PolicyPort, tried: TriedPort, to: Party): boolean {
  if (protocol !== tried.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === "number") return port <= tried.port && tried.port <= (endPort ?? port);
  return (to.pod?.ports ?? []).some(
    (one) =>
      one.name === port && one.containerPort === tried.port && (one.protocol ?? "TCP") === tried.protocol,
  );
}

function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.includes(value);
      if (operator === "NotIn") return value === undefined || !values.includes(value);
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      throw new Error(`a selector has the operator ${operator}`);
    })
  );
}

function contains(cidr: string, address: string): boolean {
  const [network = "", length] = cidr.split("/");
  const family = isIPv6(network) ? "ipv6" : "ipv4";
  if (isIPv6(address) !== isIPv6(network)) return false;
  const range = new BlockList();
  range.addSubnet(network, Number(length), family);
  return range.check(address, family);
}

/** That of discard, RFC 863: nothing here has to do with it. */
const unnamedPort = 9;

/** All ports that a pod declares or a policy names or borders on, and one that nobody does. */
export function portsToTry({ policies, parties }: Cluster): TriedPort[] {
  const named = policies
    .flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ port, endPort }) => [port, endPort])
    .filter((port) => typeof port === "number")
    .flatMap((port) => [port - 1, port, port + 1]);
  const declared = parties.flatMap(({ pod }) => pod?.ports ?? []).map(({ containerPort }) => containerPort);
  const numbers = [...new Set([unnamedPort, ...named, ...declared])];
  return numbers.flatMap((port) => ["TCP", "UDP", "SCTP"].map((protocol) => ({ port, protocol })));
}

/** A rendered object that makes pods. */
interface PodMaker {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { spec: { template: PodTemplate } };
  };
}

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly serviceAccountName?: string;
    readonly containers: readonly { readonly ports?: readonly ContainerPort[] }[];
  };
}

const podMakers = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

/** A pod of each rendered object that makes any, called by its label of the name, at addresses from 10.0.0.0/16. */
export function podsOf(objects: readonly unknown[]): Party[] {
  const makers = (objects as readonly PodMaker[]).filter(({ kind }) => podMakers.includes(kind));
  return makers.map(({ kind, metadata, spec }, index) => {
    const template = spec.template ?? spec.jobTemplate?.spec.template;
    if (!template || !metadata.namespace)
      throw new Error(`${kind} ${metadata.name} has no template or namespace`);
    return {
      id: template.metadata.labels["app.kubernetes.io/name"] ?? `${kind}/${metadata.name}`,
      address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
      pod: {
        namespace: metadata.namespace,
        labels: template.metadata.labels,
        ports: template.spec.containers.flatMap(({ ports = [] }) => ports),
        ...(template.spec.hostNetwork && { hostNetwork: true }),
        ...(template.spec.serviceAccountName && { account: template.spec.serviceAccountName }),
      },
    };
  });
}
