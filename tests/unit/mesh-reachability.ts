import { type Cluster, type Interest, type Party, passage, portsToTry } from "./reachability.ts";

// What a mesh in Istio's ambient mode permits besides the NetworkPolicies, by Istio's own words:
// https://istio.io/latest/docs/ambient/architecture/control-plane/ and https://istio.io/latest/docs/concepts/security/

interface Selected {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** A PeerAuthentication as it is rendered. */
export interface Peers extends Selected {
  readonly spec: {
    readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly mtls?: { readonly mode: string };
    readonly portLevelMtls?: Readonly<Record<string, { readonly mode: string }>>;
  };
}

/** An AuthorizationPolicy as it is rendered; of what it may say, only what is used here is understood. */
export interface Authorization extends Selected {
  readonly spec: {
    readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly action?: string;
    readonly rules?: readonly {
      readonly from?: readonly { readonly source: Source }[];
      readonly to?: readonly { readonly operation: { readonly ports: readonly string[] } }[];
    }[];
  };
}

interface Source {
  readonly principals?: readonly string[];
  readonly notNamespaces?: readonly string[];
}

export interface Mesh {
  readonly trustDomain: string;
  /** Namespaces whose pods are in it. */
  readonly namespaces: readonly string[];
  readonly peers: readonly Peers[];
  readonly authorizations: readonly Authorization[];
}

/** TCP port of the tunnel. */
export const tunnel = 15_008;

/** Every permitted connection of interest, as `FROM > TO PROTOCOL/PORT`, sorted; the tunnel itself is none. */
export function meshMatrix(cluster: Cluster, mesh: Mesh, interest: Interest): string[] {
  const tried = portsToTry(cluster).filter(({ port }) => Math.abs(port - tunnel) > 1);
  return cluster.parties
    .flatMap((from) => cluster.parties.map((to) => ({ from, to: { ...to } })))
    .filter(({ from, to }) => interest(from, to))
    .flatMap(({ from, to }) => {
      const passes = passage(cluster, from, to);
      const isTunnelled = isIn(mesh, from) && isIn(mesh, to);
      const hasTunnel = isTunnelled && passes({ port: tunnel, protocol: "TCP" });
      return tried
        .filter((one) => {
          // Only TCP is carried; the rest goes as if there were no mesh.
          if (one.protocol !== "TCP" || !isIn(mesh, to)) return passes(one);
          if (isTunnelled) return hasTunnel && isAuthorized(mesh, to, one.port, identityOf(mesh, from));
          return passes(one) && modeOf(mesh, to, one.port) !== "STRICT" && isAuthorized(mesh, to, one.port);
        })
        .map(({ port, protocol }) => `${from.id} > ${to.id} ${protocol}/${port}`);
    })
    .sort();
}

function isIn({ namespaces }: Mesh, { pod }: Party): boolean {
  return pod !== undefined && namespaces.includes(pod.namespace);
}

function identityOf({ trustDomain }: Mesh, { pod }: Party): string {
  return `${trustDomain}/ns/${pod?.namespace}/sa/${pod?.account ?? "default"}`;
}

/** The narrowest that speaks of the port: a workload's, then its namespace's. */
function modeOf({ peers }: Mesh, to: Party, port: number): string {
  const own = peers.filter((policy) => policy.spec.selector && selects(policy, to));
  const general = peers.filter((policy) => !policy.spec.selector && selects(policy, to));
  const level = own.flatMap(({ spec }) => spec.portLevelMtls?.[String(port)]?.mode ?? []);
  return [...level, ...[...own, ...general].flatMap(({ spec }) => spec.mtls?.mode ?? [])][0] ?? "PERMISSIVE";
}

/** "If there are ALLOW policies for the workload, and none matches, the request is denied." */
function isAuthorized({ authorizations }: Mesh, to: Party, port: number, identity?: string): boolean {
  const policies = authorizations.filter((policy) => selects(policy, to));
  for (const { spec } of policies)
    if ((spec.action ?? "ALLOW") !== "ALLOW") throw new Error(`an action is ${spec.action}`);
  if (policies.length === 0) return true;
  return policies.some(({ spec }) =>
    (spec.rules ?? []).some(
      ({ from, to: operations }) =>
        (!operations || operations.some(({ operation }) => operation.ports.includes(String(port)))) &&
        (!from || from.some(({ source }) => isFrom(source, identity))),
    ),
  );
}

/** "At least one of the values, and none of the negative ones": who proves nothing is of no namespace. */
function isFrom({ principals, notNamespaces = [] }: Source, identity?: string): boolean {
  const namespace = identity?.split("/")[2];
  const isOther = namespace === undefined || !notNamespaces.includes(namespace);
  return isOther && (!principals || (identity !== undefined && principals.includes(identity)));
}

function selects({ metadata, spec }: Peers | Authorization, { pod }: Party): boolean {
  if (pod?.namespace !== metadata.namespace) return false;
  return Object.entries(spec.selector?.matchLabels ?? {}).every(([key, value]) => pod.labels[key] === value);
}
