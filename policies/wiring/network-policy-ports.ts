import { isEmptySelector, peerNamespaces } from "../objects/network.ts";
import { type MayBeMade, madeByOperators } from "../objects/operators.ts";
import {
  describePorts,
  hasPort,
  type PortReference,
  portReference,
  portsOf,
  servicePortsOf,
} from "../objects/ports.ts";
import { selectorWords } from "../objects/selectors.ts";
import type { Stack, StackObject, Workload } from "../objects/stack.ts";
import { fields, isSet, list, number, text, texts } from "../objects/values.ts";
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
  check(stack) {
    const mayBeMade = madeByOperators(stack);
    const byNamespace = Map.groupBy(stack.workloads, ({ namespace }) => namespace);
    return stack.ofKind("NetworkPolicy").flatMap((object) => {
      if (object.group !== "networking.k8s.io") return [];
      return allowancesOf(stack, object, byNamespace, mayBeMade).flatMap(
        ({ path, direction, ports, pods }) => {
          const declared = pods.map((pod) => portsOf(pod));
          // A pod that declares no port may listen on any.
          if (pods.length === 0 || declared.some((one) => one.length === 0)) return [];
          return ports.flatMap(({ index, port, protocol, endPort }) => {
            if (port === undefined || declared.some((one) => hasPort(one, { port, protocol, endPort })))
              return [];
            const services = servicesWith(stack, pods, port);
            const shown = `${port}${protocol === "TCP" ? "" : ` (${protocol})`}`;
            const hint = services ? `, which is the port of Service ${services}` : "";
            return [
              {
                object,
                path: `${path}.ports[${index}].port`,
                problem: `it allows ${direction} at port ${shown}${hint}, but the pods behind it have ${describe(declared)}`,
                fix: "Write the port of the container, by number or by name",
              },
            ];
          });
        },
      );
    });
  },
});

interface Allowance {
  readonly path: string;
  readonly direction: "ingress" | "egress";
  readonly ports: readonly {
    readonly index: number;
    readonly port: PortReference | undefined;
    readonly protocol: string;
    readonly endPort: number | undefined;
  }[];
  /** The pods that are connected to. */
  readonly pods: readonly Workload[];
}

function allowancesOf(
  stack: Stack,
  policy: StackObject,
  byNamespace: ReadonlyMap<string, readonly Workload[]>,
  mayBeMade: MayBeMade,
): Allowance[] {
  const spec = fields(policy.content.spec);
  const selected = stack.podsFitting(policy.namespace, spec.podSelector);
  // Where it selects nobody, which is another rule's matter, its ports have to be those of some pod there.
  const isNobody = selected.length === 0 && !mayBeMade(policy.namespace, selectorWords(spec.podSelector));
  const others = byNamespace.get(policy.namespace) ?? [];
  const own = isNobody ? others.filter((pod) => portsOf(pod).length > 0) : selected;
  const ingress = list(spec.ingress).map((rule, index) => ({
    path: `spec.ingress[${index}]`,
    direction: "ingress" as const,
    ports: portsIn(rule),
    pods: own,
  }));
  const egress = list(spec.egress).map((rule, index) => ({
    path: `spec.egress[${index}]`,
    direction: "egress" as const,
    ports: portsIn(rule),
    pods: peersOf(stack, policy, list(fields(rule).to), byNamespace),
  }));
  return [...ingress, ...egress];
}

/** The pods that peers stand for; none where one of them is not in the set, as nothing is known of its ports then. */
function peersOf(
  stack: Stack,
  policy: StackObject,
  peers: readonly unknown[],
  byNamespace: ReadonlyMap<string, readonly Workload[]>,
): readonly Workload[] {
  const found: Workload[] = [];
  for (const peer of peers) {
    const { podSelector, namespaceSelector, ipBlock } = fields(peer);
    const places = isSet(ipBlock) ? undefined : peerNamespaces(stack, policy, namespaceSelector);
    const pods = places?.map((place) =>
      isEmptySelector(podSelector) ? (byNamespace.get(place) ?? []) : stack.podsFitting(place, podSelector),
    );
    if (!pods?.length || pods.some((one) => one.length === 0)) return [];
    found.push(...pods.flat());
  }
  return found;
}

function portsIn(rule: unknown): Allowance["ports"] {
  return list(fields(rule).ports).map((item, index) => {
    const { port, protocol, endPort } = fields(item);
    return { index, port: portReference(port), protocol: text(protocol) ?? "TCP", endPort: number(endPort) };
  });
}

/** Names of the Services before these pods that have this port themselves. */
function servicesWith(stack: Stack, pods: readonly Workload[], wanted: PortReference): string | undefined {
  const places = new Set(pods.map(({ namespace }) => namespace));
  const found = [...places].flatMap((place) =>
    stack.ofKind("Service", place).filter((service) => {
      const isServed = servicePortsOf(service).some(({ port, name }) => port === wanted || name === wanted);
      return (
        isServed &&
        stack.podsWith(place, texts(fields(service.content.spec).selector)).some((pod) => pods.includes(pod))
      );
    }),
  );
  return found.length > 0
    ? found
        .map(({ name }) => name)
        .slice(0, 3)
        .join(", ")
    : undefined;
}

function describe(declared: readonly ReturnType<typeof portsOf>[]): string {
  return describePorts(declared.flat());
}
