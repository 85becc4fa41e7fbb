import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import * as pulumi from "@pulumi/pulumi";
import { operators } from "../contract/operators.ts";
import { customResource } from "../foundation/custom-resource.ts";

/**
 * Whoever is in the mesh takes connections of others in it only, unless its own namespace says otherwise.
 * https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export class StrictMesh extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("iot:cluster:StrictMesh", name, {}, options);
    customResource<IPeerAuthentication>(
      `${name}-peers`,
      {
        apiVersion: "security.istio.io/v1",
        kind: "PeerAuthentication",
        metadata: { name: "default", namespace: operators.istio.namespace },
        spec: { mtls: { mode: "STRICT" } },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
