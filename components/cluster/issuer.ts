import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import type { IClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer";
import * as pulumi from "@pulumi/pulumi";
import { clusterIssuer, operators } from "../contract/operators.ts";
import { customResource } from "../foundation/custom-resource.ts";

/** Who signs the certificates of what is reached from outside. */
export type IssuerArgs =
  | {
      /** An authority of this cluster's own, for sites without internet: callers have to trust `ca.crt` of its Secret. */
      readonly form: "private";
    }
  | {
      /** An authority that speaks ACME (RFC 8555), such as Let's Encrypt. It asks for a file over HTTP, at every host. */
      readonly form: "acme";
      /** URL of its directory. */
      readonly server: string;
      /** Whom it tells that a certificate is about to expire. */
      readonly email: string;
      /** The Gateway that answers on port 80. */
      readonly gateway: { readonly name: string; readonly namespace: string };
    };

const authority = `${clusterIssuer}-authority`;
const apiVersion = "cert-manager.io/v1";
const awaits = ["condition=Ready"] as const;

/** The issuer that every namespace may name. */
export class Issuer extends pulumi.ComponentResource {
  constructor(name: string, args: IssuerArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:cluster:Issuer", name, {}, options);
    if (args.form === "acme") this.createAcme(`${name}-acme`, args);
    else this.createPrivate(name);
    this.registerOutputs();
  }

  private createAcme(name: string, { server, email, gateway }: Extract<IssuerArgs, { form: "acme" }>) {
    const solver = { http01: { gatewayHTTPRoute: { parentRefs: [{ ...gateway, kind: "Gateway" }] } } };
    return this.createIssuer(name, clusterIssuer, {
      spec: {
        acme: { server, email, privateKeySecretRef: { name: `${clusterIssuer}-account` }, solvers: [solver] },
      },
    });
  }

  /** https://cert-manager.io/docs/configuration/selfsigned/#bootstrapping-ca-issuers */
  private createPrivate(name: string) {
    const root = this.createIssuer(`${name}-root`, `${clusterIssuer}-root`, { spec: { selfSigned: {} } });
    const certificate = customResource<ICertificate>(
      `${name}-authority`,
      {
        apiVersion,
        kind: "Certificate",
        metadata: { name: authority, namespace: operators["cert-manager"].namespace },
        spec: {
          isCA: true,
          commonName: authority,
          secretName: authority,
          duration: "87600h0m0s",
          renewBefore: "8760h0m0s",
          privateKey: { algorithm: "ECDSA", size: 256 },
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: `${clusterIssuer}-root` },
        },
        awaits,
      },
      { parent: this, dependsOn: [root] },
    );
    return this.createIssuer(`${name}-private`, clusterIssuer, { spec: { ca: { secretName: authority } } }, [
      certificate,
    ]);
  }

  private createIssuer(
    name: string,
    issuer: string,
    { spec }: Pick<IClusterIssuer, "spec">,
    dependsOn: readonly pulumi.Resource[] = [],
  ) {
    return customResource<IClusterIssuer>(
      name,
      { apiVersion, kind: "ClusterIssuer", metadata: { name: issuer }, spec, awaits },
      { parent: this, dependsOn: [...dependsOn] },
    );
  }
}
