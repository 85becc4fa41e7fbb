import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type AuditException, auditExceptions } from "../foundation/audit.ts";
import { metadataOf } from "../foundation/metadata.ts";
import type { Place } from "./endpoints.ts";
import { flowsOf, type Shape } from "./graph.ts";
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
    const policies = workloadPolicies({
      flows: flowsOf(args.shape),
      peers: args.peers,
      namespaces: { platform: args.namespaces.platform.name, shipper: args.namespaces.shipper.name },
    });
    for (const { workload, place, spec } of policies) {
      this.createPolicy(`${name}-${workload}`, args, { place, policy: workload, spec });
    }
    this.registerOutputs({});
  }

  private createPolicy(
    name: string,
    { namespaces }: NetworkingArgs,
    { place, policy, spec }: { place: Place; policy: string; spec: typeof denyAll },
  ): void {
    const namespace = namespaces[place].created;
    const metadata = metadataOf({ name: policy, namespace, workload: policy, component: "networking" });
    const exceptions = exceptionsOf(spec);
    const annotations = exceptions.length > 0 ? { annotations: auditExceptions(exceptions) } : {};
    new k8s.networking.v1.NetworkPolicy(
      name,
      { metadata: { ...metadata, ...annotations }, spec },
      { parent: this },
    );
  }
}

/** Callers of the gateway are whoever the configuration names; nobody named is everybody. */
function exceptionsOf({ ingress }: typeof denyAll): AuditException[] {
  const lists: unknown = ingress;
  const isOpen = Array.isArray(lists) && lists.some((rule: object) => !("from" in rule));
  const reason = "The API is for every pod, as network.gatewayClients names no callers";
  return isOpen ? [{ check: "open-network-policies", reason }] : [];
}
