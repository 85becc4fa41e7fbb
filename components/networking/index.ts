import type { IAuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy";
import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type AuditException, auditExceptions, podsOfOperators } from "../foundation/audit.ts";
import { customResource } from "../foundation/custom-resource.ts";
import { metadataOf } from "../foundation/metadata.ts";
import type { Place } from "./endpoints.ts";
import { flowsOf, operatedWorkloads, type Shape } from "./graph.ts";
import { authorizations, authorizeNobody, type MeshArgs, openPorts, strict } from "./mesh.ts";
import { denyAll, type Peers, workloadPolicies } from "./policies.ts";

export interface NetworkingArgs {
  /** The namespaces: their names, and the same once they exist. */
  readonly namespaces: Readonly<
    Record<Place, { readonly name: string; readonly created: pulumi.Output<string> }>
  >;
  /** What there is to connect. */
  readonly shape: Shape;
  /** Where those outside are. */
  readonly peers: Peers;
  /** The mesh that the pods are in, by the domain of its identities. @default none */
  readonly mesh?: { readonly trustDomain: string } | undefined;
}

/** The fences between pods: a NetworkPolicy for each workload, made from the graph of flows; whatever is not in it is refused. */
export class Networking extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkingArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:networking:Networking", name, {}, options);
    for (const place of ["platform", "shipper"] as const) {
      this.createPolicy(`${name}-${place}-default-deny`, args, {
        place,
        policy: "default-deny",
        spec: denyAll,
      });
    }
    const flows = flowsOf(args.shape);
    const namespaces = { platform: args.namespaces.platform.name, shipper: args.namespaces.shipper.name };
    const policies = workloadPolicies({
      flows,
      peers: args.peers,
      namespaces,
      mesh: args.mesh !== undefined,
    });
    for (const { workload, place, spec } of policies) {
      this.createPolicy(`${name}-${workload}`, args, { place, policy: workload, spec });
    }
    if (args.mesh) this.createMesh(name, args, { flows, namespaces, ...args.mesh });
    this.registerOutputs({});
  }

  /** Strict mutual TLS, and authorization of every port; each namespace has policies for itself and for its workloads. */
  private createMesh(name: string, args: NetworkingArgs, mesh: MeshArgs): void {
    for (const place of ["platform", "shipper"] as const) {
      const own = { place, workload: "default" };
      this.createPeers(`${name}-${place}-peers`, args, { ...own, spec: strict });
      this.createAuthorization(`${name}-${place}-authorization`, args, { ...own, spec: authorizeNobody });
    }
    for (const rule of openPorts(mesh)) this.createPeers(`${name}-${rule.workload}-peers`, args, rule);
    for (const rule of authorizations(mesh))
      this.createAuthorization(`${name}-${rule.workload}-authorization`, args, rule);
  }

  private createPeers(name: string, args: NetworkingArgs, rule: Named<IPeerAuthentication>) {
    const kind = { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication" } as const;
    const resource = { ...kind, metadata: meshMetadata(args, rule), spec: rule.spec };
    return customResource<IPeerAuthentication>(name, resource, { parent: this });
  }

  private createAuthorization(name: string, args: NetworkingArgs, rule: Named<IAuthorizationPolicy>) {
    const kind = { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" } as const;
    const resource = { ...kind, metadata: meshMetadata(args, rule), spec: rule.spec };
    return customResource<IAuthorizationPolicy>(name, resource, { parent: this });
  }

  private createPolicy(
    name: string,
    { namespaces, shape }: NetworkingArgs,
    { place, policy, spec }: { place: Place; policy: string; spec: typeof denyAll },
  ): void {
    const namespace = namespaces[place].created;
    const metadata = metadataOf({ name: policy, namespace, workload: policy, component: "networking" });
    const operated: readonly string[] = operatedWorkloads(shape);
    // The shipper is alone in its place.
    const isOperated = operated.includes(
      policy === "default-deny" && place === "shipper" ? "filebeat" : policy,
    );
    const exceptions = [
      ...exceptionsOf(spec),
      ...(isOperated ? podsOfOperators("networkpolicy-targets-pod") : []),
    ];
    const annotations = exceptions.length > 0 ? { annotations: auditExceptions(exceptions) } : {};
    new k8s.networking.v1.NetworkPolicy(
      name,
      { metadata: { ...metadata, ...annotations }, spec },
      { parent: this },
    );
  }
}

/** What the mesh is told of a workload, or by the name `default` of all of a namespace. */
interface Named<Model extends { readonly spec?: unknown }> {
  readonly workload: string;
  readonly place: Place;
  readonly spec: NonNullable<Model["spec"]>;
}

function meshMetadata(
  { namespaces }: NetworkingArgs,
  { workload, place }: { workload: string; place: Place },
) {
  const namespace = namespaces[place].created;
  return metadataOf({ name: workload, namespace, workload, component: "networking" });
}

/** Callers of the gateway are whoever the configuration names; nobody named is everybody. */
function exceptionsOf({ ingress }: typeof denyAll): AuditException[] {
  const lists: unknown = ingress;
  const isOpen = Array.isArray(lists) && lists.some((rule: object) => !("from" in rule));
  const reason = "The API is for every pod, as network.gatewayClients names no callers";
  return isOpen ? [{ check: "open-network-policies", reason }] : [];
}
