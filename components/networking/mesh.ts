import type { IAuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy";
import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import { selectorLabels } from "../foundation/labels.ts";
import { isOutside, isUdp, type Outside, type Place, placeOf, portOf, type Workload } from "./endpoints.ts";
import type { Flow } from "./graph.ts";

type AuthorizationSpec = NonNullable<IAuthorizationPolicy["spec"]>;
type PeerSpec = NonNullable<IPeerAuthentication["spec"]>;

/** Label of a namespace whose pods are in the mesh: https://istio.io/latest/docs/ambient/usage/add-workloads/ */
export const meshLabel = { "istio.io/dataplane-mode": "ambient" } as const;

export interface MeshArgs {
  readonly flows: readonly Flow[];
  /** Names of the namespaces. */
  readonly namespaces: Readonly<Record<Place, string>>;
  /** Domain of the mesh's identities, as in `TRUST_DOMAIN/ns/NAMESPACE/sa/ACCOUNT`. */
  readonly trustDomain: string;
}

/** What the mesh is told of a workload. */
export interface MeshRule<Spec> {
  readonly workload: Workload;
  readonly place: Place;
  readonly spec: Spec;
}

/** Nobody may connect to a pod of the namespace, unless another policy says so. */
export const authorizeNobody: AuthorizationSpec = {};

/** Pods of the namespace take connections of identities of the mesh only, unless another policy says so. */
export const strict: PeerSpec = { mtls: { mode: "STRICT" } };

/**
 * Who may connect to which port of a workload, by the graph: by the account that a caller proves to have. Whoever is outside
 * the mesh has none, so that its port is open to all whom the network policies let through, but for other pods of the platform.
 *
 * The mesh's tunnel judges connections, and sees no requests: https://istio.io/latest/docs/ambient/usage/l4-policy/
 */
export function authorizations({ flows, namespaces, trustDomain }: MeshArgs): MeshRule<AuthorizationSpec>[] {
  return accepting(flows).map(({ workload, incoming }) => {
    const rules = [...Map.groupBy(incoming, ({ port }) => port)].map(([port, alike]) => {
      const callers = alike.flatMap(({ from }) => (isOutside(from) ? [] : [from]));
      const principals = callers.map((name) => `${trustDomain}/ns/${namespaces[placeOf(name)]}/sa/${name}`);
      const sources = [
        ...(principals.length > 0 ? [{ principals: [...new Set(principals)].sort() }] : []),
        // The tunnel leads to every port of who may be reached at all, so the platform's own are not outsiders to any.
        ...(callers.length < alike.length
          ? [{ notNamespaces: [namespaces.platform, namespaces.shipper] }]
          : []),
      ];
      const ports = [String(portOf(workload, port))];
      return { from: sources.map((source) => ({ source })), to: [{ operation: { ports } }] };
    });
    return {
      workload,
      place: placeOf(workload),
      spec: { selector: { matchLabels: selectorLabels(workload) }, action: "ALLOW", rules },
    };
  });
}

/** The ports that take connections from outside the mesh, which cannot prove who they are. */
export function openPorts({ flows }: Pick<MeshArgs, "flows">): MeshRule<PeerSpec>[] {
  return accepting(flows).flatMap(({ workload, incoming }) => {
    const outside = incoming.filter(({ from }) => isOutside(from));
    if (outside.length === 0) return [];
    const ports = [...new Set(outside.map(({ port }) => portOf(workload, port)))].sort((a, b) => a - b);
    const portLevelMtls = Object.fromEntries(
      ports.map((port) => [String(port), { mode: "PERMISSIVE" as const }]),
    );
    const selector = { matchLabels: selectorLabels(workload) };
    return [{ workload, place: placeOf(workload), spec: { selector, ...strict, portLevelMtls } }];
  });
}

interface Accepting {
  readonly workload: Workload;
  readonly incoming: readonly Flow[];
}

/** The workloads that accept connections, in the order of their names. */
function accepting(flows: readonly Flow[]): Accepting[] {
  const inside = flows.flatMap((flow) =>
    // The mesh carries TCP alone.
    isOutside(flow.to) || isUdp(flow.port) ? [] : [{ ...flow, to: flow.to }],
  );
  return [...Map.groupBy(inside, ({ to }) => to)]
    .map(([workload, incoming]) => ({ workload, incoming }))
    .sort((a, b) => (a.workload < b.workload ? -1 : 1));
}

/** TCP port of the mesh's tunnel: https://istio.io/latest/docs/ambient/usage/networkpolicy/ */
export const tunnelPort = 15_008;

/** Where probes of kubelets come from in the mesh: an address that nobody else can have, as no router passes it on. */
export const probesAddress = "169.254.7.127/32";

/** Whether a party outside is named by namespaces, or by addresses alone, or may be anywhere. */
export type Whereness = "pods" | "hosts" | "anywhere";

/** Ports of the accepting end that a flow takes in the mesh, beside which a party outside may be in it too. */
export function meshPorts(
  { from, to }: Flow,
  ports: readonly number[],
  where: (party: Outside) => Whereness,
): readonly number[] {
  if (!isOutside(from) && !isOutside(to)) return [tunnelPort];
  // Whoever may be anywhere may come through the tunnel; to lead there, it would have to be open to everybody.
  const isTunnelled = isOutside(to) ? where(to) === "pods" : isOutside(from) && where(from) !== "hosts";
  return isTunnelled ? [...ports, tunnelPort] : ports;
}
