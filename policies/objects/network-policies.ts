import { isKind } from "./kinds.ts";
import { labelsOfNamespace, namespaceLabel } from "./namespaces.ts";
import type { KubernetesObject } from "./object.ts";
import { type PortReference, portReference } from "./ports.ts";
import { fits, isEmptySelector } from "./selectors.ts";
import type { Stack, StackObject } from "./stack.ts";
import { type Fields, fields, isSet, list, number, text, texts } from "./values.ts";

type Direction = "ingress" | "egress";

/** One rule of a NetworkPolicy, in one direction. */
export interface PolicyRule {
  readonly direction: Direction;
  /** Such as `spec.egress[0]`. */
  readonly path: string;
  /** Path of its peers, such as `spec.egress[0].to`. */
  readonly peersPath: string;
  /** As written: undefined where there are none, which means everybody; so does an empty list. */
  readonly peers: readonly Peer[] | undefined;
  /** As written; none means all. */
  readonly ports: readonly PolicyPort[];
}

/** Who may come in, or where pods may go. */
export interface Peer {
  readonly path: string;
  readonly peer: Fields;
}

interface PolicyPort {
  readonly path: string;
  readonly port: PortReference | undefined;
  /** `TCP` where none is given. */
  readonly protocol: string;
  /** Last port of a range. */
  readonly endPort: number | undefined;
}

/**
 * The directions that a NetworkPolicy isolates its pods in. One that lists none isolates ingress, and egress if it has rules for
 * it. https://kubernetes.io/docs/reference/kubernetes-api/networking/network-policy-v1/
 */
export function directionsOf(object: KubernetesObject): readonly Direction[] {
  if (!isKind(object, "NetworkPolicy")) return [];
  const { policyTypes, egress } = fields(object.spec);
  const types = list(policyTypes);
  if (types.length === 0) return list(egress).length > 0 ? ["ingress", "egress"] : ["ingress"];
  return [
    ...(types.includes("Ingress") ? ["ingress" as const] : []),
    ...(types.includes("Egress") ? ["egress" as const] : []),
  ];
}

/** The rules of a NetworkPolicy that are in effect: those in its directions. */
export function policyRulesOf(object: KubernetesObject): PolicyRule[] {
  return directionsOf(object).flatMap((direction) =>
    list(fields(object.spec)[direction]).map((item, index): PolicyRule => {
      const rule = fields(item);
      const key = direction === "ingress" ? "from" : "to";
      const path = `spec.${direction}[${index}]`;
      const peers = list(rule[key]).map((peer, place) => ({
        path: `${path}.${key}[${place}]`,
        peer: fields(peer),
      }));
      const ports = list(rule.ports).map((port, place) => portOf(port, `${path}.ports[${place}]`));
      return {
        direction,
        path,
        peersPath: `${path}.${key}`,
        peers: isSet(rule[key]) ? peers : undefined,
        ports,
      };
    }),
  );
}

function portOf(item: unknown, path: string): PolicyPort {
  const { port, protocol, endPort } = fields(item);
  return { path, port: portReference(port), protocol: text(protocol) ?? "TCP", endPort: number(endPort) };
}

/** Whether a rule is about names alone: every port is 53. */
export function isDns({ ports }: PolicyRule): boolean {
  const isName = (port: PortReference | undefined) =>
    port === 53 || (typeof port === "string" && /^dns(?:-tcp|-udp)?$/.test(port));
  return ports.length > 0 && ports.every(({ port }) => isName(port));
}

/**
 * Whether a rule is about ports of nodes, whom no selector can name: the API server's are 443 of its Service and 6443 or 16443
 * of its node, the kubelet's is 10250.
 */
export function isForNodes({ ports }: PolicyRule): boolean {
  const own = [6443, 16_443, 10_250];
  return (
    ports.some(({ port }) => own.includes(Number(port))) &&
    ports.every(({ port }) => [443, ...own].includes(Number(port)))
  );
}

/** The field by which a peer is everybody; undefined where it is not. */
export function everybodyIn({ path, peer }: Peer): { path: string; who: string } | undefined {
  const block = fields(peer.ipBlock);
  const cidr = text(block.cidr) ?? "";
  if (/^[\d.:a-f]+\/0$/i.test(cidr) && list(block.except).length === 0)
    return { path: `${path}.ipBlock.cidr`, who: `every address (${cidr})` };
  if (isSet(peer.namespaceSelector) && isEmptySelector(peer.namespaceSelector) && selectsAllPods(peer))
    return { path: `${path}.namespaceSelector`, who: "every pod of every namespace" };
  return undefined;
}

/** Whether a peer is all pods of the namespaces that it selects. */
export function selectsAllPods(peer: Fields): boolean {
  return !isSet(peer.podSelector) || isEmptySelector(peer.podSelector);
}

/** Names of the namespaces that a selector of a policy is about; undefined where the set does not say. */
export function peerNamespaces(stack: Stack, policy: StackObject, selector: unknown): string[] | undefined {
  if (!isSet(selector)) return [policy.namespace];
  const name = texts(fields(selector).matchLabels)[namespaceLabel];
  if (name !== undefined) return [name];
  if (isEmptySelector(selector)) return undefined;
  const found = stack
    .ofKind("Namespace")
    .filter((namespace) => fits(selector, labelsOfNamespace(namespace)))
    .map((namespace) => namespace.name);
  return found.length > 0 ? found : undefined;
}
