import { isEmptySelector } from "./network.ts";
import type { KubernetesObject } from "./object.ts";
import { portReference } from "./ports.ts";
import { type Fields, fields, isSet, list, text } from "./values.ts";

/** One rule of a NetworkPolicy, in one direction. */
export interface PolicyRule {
  readonly direction: "ingress" | "egress";
  /** Such as `spec.egress[0]`. */
  readonly path: string;
  /** Path of its peers, such as `spec.egress[0].to`. */
  readonly peersPath: string;
  /** As written: undefined where there are none, which means everybody; so does an empty list. */
  readonly peers: readonly Peer[] | undefined;
  /** It is about names alone: every port is 53. */
  readonly isDns: boolean;
  /** It is about ports of nodes: the API server's and the kubelets', whom no selector can name. */
  readonly isForNodes: boolean;
}

export interface Peer {
  readonly path: string;
  readonly peer: Fields;
}

/** The rules of a NetworkPolicy that are in effect: those of its `policyTypes`. */
export function policyRulesOf(object: KubernetesObject): PolicyRule[] {
  if (object.kind !== "NetworkPolicy") return [];
  const spec = fields(object.spec);
  const types = Array.isArray(spec.policyTypes) ? spec.policyTypes : undefined;
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const type = direction === "ingress" ? "Ingress" : "Egress";
    if (types && !types.includes(type)) return [];
    return list(spec[direction]).map((item, index): PolicyRule => {
      const rule = fields(item);
      const key = direction === "ingress" ? "from" : "to";
      const path = `spec.${direction}[${index}]`;
      const ports = list(rule.ports);
      return {
        direction,
        path,
        peersPath: `${path}.${key}`,
        peers: isSet(rule[key])
          ? list(rule[key]).map((peer, place) => ({ path: `${path}.${key}[${place}]`, peer: fields(peer) }))
          : undefined,
        isDns: ports.length > 0 && ports.every((port) => isDnsPort(fields(port).port)),
        isForNodes: areOfNodes(ports.map((port) => portReference(fields(port).port))),
      };
    });
  });
}

function isDnsPort(port: unknown): boolean {
  const given = portReference(port);
  return given === 53 || (typeof given === "string" && /^dns(?:-tcp|-udp)?$/.test(given));
}

/** The API server's are 443 of its Service and 6443 or 16443 of its node, the kubelet's is 10250. */
function areOfNodes(ports: readonly unknown[]): boolean {
  const own = [6443, 16_443, 10_250];
  return (
    ports.some((port) => own.includes(Number(port))) &&
    ports.every((port) => [443, ...own].includes(Number(port)))
  );
}

/** The field by which a peer is everybody; undefined where it is not. */
export function everybodyIn({ path, peer }: Peer): { path: string; who: string } | undefined {
  const block = fields(peer.ipBlock);
  const cidr = text(block.cidr) ?? "";
  if (/\/0$/.test(cidr) && list(block.except).length === 0)
    return { path: `${path}.ipBlock.cidr`, who: `every address (${cidr})` };
  if (isSet(peer.namespaceSelector) && isEmptySelector(peer.namespaceSelector) && selectsAllPods(peer))
    return { path: `${path}.namespaceSelector`, who: "every pod of every namespace" };
  return undefined;
}

/** Whether a peer is all pods of the namespaces that it selects. */
export function selectsAllPods(peer: Fields): boolean {
  return !isSet(peer.podSelector) || isEmptySelector(peer.podSelector);
}
