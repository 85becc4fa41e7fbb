import { groupPorts } from "../objects/group-ports.ts";
import { type Peer, type PolicyRule, peerNamespaces, policyRulesOf } from "../objects/network-policies.ts";
import { type MayBeMade, podsMadeByOthers } from "../objects/operators.ts";
import {
  describePort,
  describePorts,
  describeProtocol,
  hasPort,
  type PortReference,
  portsOf,
  servicePortsOf,
} from "../objects/ports.ts";
import { selectorWords } from "../objects/selectors.ts";
import type { Stack, StackObject, Workload } from "../objects/stack.ts";
import { fields, isSet, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A NetworkPolicy is about the ports of pods; what a Service calls its port means nothing to it. */
export const networkPolicyPorts = stackRule({
  name: "network-policy-ports",
  severity: "mandatory",
  description:
    "The ports that a NetworkPolicy allows are ports of the pods behind it, not those of their Service.",
  why: "The connection that it means to allow arrives at another port, and is dropped.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
  yieldsTo: ["port-numbers"],
  check(stack) {
    const portsOfGroup = groupPorts();
    const servicesBefore = servicesOfGroups(stack);
    const allowancesOf = allowancesIn(stack, podsMadeByOthers(stack));
    const tunnelled = meshedNamespaces(stack);
    return stack.ofKind("NetworkPolicy").flatMap((object) =>
      allowancesOf(object).flatMap(({ direction, ports, groups }) => {
        const known = groups.map(portsOfGroup);
        // A pod that declares no port may listen on any.
        if (known.length === 0 || known.some(({ isOpen }) => isOpen)) return [];
        const declared = known.flatMap((one) => one.declared);
        return ports.flatMap(({ path, port, protocol, endPort }) => {
          if (port === undefined || hasPort(declared, { port, protocol, endPort })) return [];
          const isTunnel = port === tunnelPort && protocol === "TCP";
          if (isTunnel && groups.some((group) => group.some(({ namespace }) => tunnelled.has(namespace))))
            return [];
          const services = groups.flatMap((group) => servicesBefore(group).get(port) ?? []);
          const shown = `${describePort(port)}${describeProtocol(protocol)}`;
          const names = [...new Set(services)].slice(0, 3).join(", ");
          const hint = names ? `, which is the port of Service ${names}` : "";
          return [
            {
              object,
              path: `${path}.port`,
              problem: `it allows ${direction} at port ${shown}${hint}, but the pods behind it have ${describePorts(declared)}`,
              fix: "Write the port of the container, by number or by name",
            },
          ];
        });
      }),
    );
  },
});

/** In Istio's ambient mode, connections between pods arrive here: https://istio.io/latest/docs/ambient/usage/networkpolicy/ */
const tunnelPort = 15_008;

/** Names of the namespaces whose pods are in a mesh of that mode. */
function meshedNamespaces(stack: Stack): ReadonlySet<string> {
  const isMeshed = ({ content }: StackObject) =>
    texts(fields(content.metadata).labels)["istio.io/dataplane-mode"] === "ambient";
  return new Set(
    stack
      .ofKind("Namespace")
      .filter(isMeshed)
      .map(({ name }) => name),
  );
}

/** Workloads of one namespace that a selector fits: the same array wherever it is used. */
type Group = readonly Workload[];

interface Allowance extends Pick<PolicyRule, "direction" | "ports"> {
  /** The pods that are connected to; no group is empty. */
  readonly groups: readonly Group[];
}

function allowancesIn(stack: Stack, mayBeMade: MayBeMade): (policy: StackObject) => Allowance[] {
  const declaring = Map.groupBy(
    stack.workloads.filter((pod) => portsOf(pod).length > 0),
    ({ namespace }) => namespace,
  );
  return (policy) => {
    const { podSelector } = fields(policy.content.spec);
    const selected = stack.podsFitting(policy.namespace, podSelector);
    // Where it selects nobody, which is another rule's matter, its ports have to be those of some pod there.
    const isNobody = selected.length === 0 && !mayBeMade(policy.namespace, selectorWords(podSelector));
    const own = isNobody ? (declaring.get(policy.namespace) ?? []) : selected;
    return policyRulesOf(policy.content).map(({ direction, ports, peers = [] }) => ({
      direction,
      ports,
      groups: direction === "egress" ? peersOf(stack, policy, peers) : own.length > 0 ? [own] : [],
    }));
  };
}

/** The pods that peers stand for; none where one of them is not in the set, as nothing is known of its ports then. */
function peersOf(stack: Stack, policy: StackObject, peers: readonly Peer[]): readonly Group[] {
  const found = peers.map(({ peer: { podSelector, namespaceSelector, ipBlock } }) => {
    const places = isSet(ipBlock) ? undefined : peerNamespaces(stack, policy, namespaceSelector);
    return places?.map((place) => stack.podsFitting(place, podSelector)) ?? [];
  });
  const isKnown = found.every((groups) => groups.length > 0 && groups.every((group) => group.length > 0));
  return isKnown ? [...new Set(found.flat())] : [];
}

/** By port, and by name of a port, the names of the Services before a group; looked up once for each. */
function servicesOfGroups(stack: Stack): (group: Group) => ReadonlyMap<PortReference, string[]> {
  const known = new WeakMap<Group, Map<PortReference, string[]>>();
  return (group) => {
    const names = known.get(group) ?? servicesBefore(stack, group);
    known.set(group, names);
    return names;
  };
}

function servicesBefore(stack: Stack, group: Group): Map<PortReference, string[]> {
  const pods = new Set(group);
  const place = group[0]?.namespace;
  const behind = Map.groupBy(stack.ofKind("Service", place), ({ content, namespace }) =>
    stack.podsWith(namespace, texts(fields(content.spec).selector)),
  );
  const names = new Map<PortReference, string[]>();
  for (const [behindThem, services] of behind) {
    if (!behindThem.some((pod) => pods.has(pod))) continue;
    for (const service of services)
      for (const { port, name } of servicePortsOf(service))
        for (const reference of [port, name]) {
          if (reference === undefined) continue;
          const others = names.get(reference) ?? [];
          others.push(service.name);
          names.set(reference, others);
        }
  }
  return names;
}
