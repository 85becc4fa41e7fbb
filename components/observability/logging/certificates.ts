import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { contentOf } from "../../foundation/accepted.ts";
import type { Platform } from "../../foundation/index.ts";
import { metadataOf } from "../../foundation/metadata.ts";
import { authorityEntry } from "./names.ts";

const year = 365 * 24;

/** Hours that certificates last, and before their end from when on the next `pulumi up` makes new ones. */
const terms = {
  authority: { validityPeriodHours: 10 * year, earlyRenewalHours: year },
  holder: { validityPeriodHours: year, earlyRenewalHours: 90 * 24 },
} as const;

const ecdsa = { algorithm: "ECDSA", ecdsaCurve: "P256" } as const;

/** Who signs, as PEM. */
export interface Authority {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

/**
 * A private authority for TLS inside the platform. Keys are on the curve P-256; they and the certificates are in Pulumi's
 * state, the keys encrypted. The authority's own are in a Secret too, `platform-authority`: nobody mounts it, it is where they
 * are found again when the state is lost.
 */
export class CertificateAuthority extends pulumi.ComponentResource implements Authority {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;

  constructor(
    name: string,
    { platform }: { readonly platform: Platform },
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("iot:observability:CertificateAuthority", name, {}, options);
    this.key = new tls.PrivateKey(`${name}-authority-key`, ecdsa, { parent: this }).privateKeyPem;
    this.certificate = new tls.SelfSignedCert(
      `${name}-authority`,
      {
        privateKeyPem: this.key,
        subject: { commonName: "IoT verification platform", organization: "iot-verification" },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        ...terms.authority,
      },
      { parent: this },
    ).certPem;
    const metadata = metadataOf({
      name: "platform-authority",
      namespace: platform.namespace,
      workload: "authority",
      component: "logging",
    });
    const stringData = { "tls.crt": this.certificate, "tls.key": this.key };
    new k8s.core.v1.Secret(
      `${name}-secret`,
      { metadata, type: "kubernetes.io/tls", stringData },
      { parent: this },
    );
    this.registerOutputs();
  }
}

export interface CertificateArgs {
  /** What it stands on. */
  readonly platform: Platform;
  readonly authority: Authority;
  /** The workload that gets it, whose Secret is `WORKLOAD-certificate`. */
  readonly workload: string;
  /** The namespace that it is in. */
  readonly namespace: pulumi.Input<string>;
  /** Whether it accepts connections at its Service, or opens them to servers that ask who it is. */
  readonly role: "server" | "client";
}

/** A certificate that a workload mounts. */
export interface MountedCertificate {
  /** Name of the Secret: entries `tls.crt`, `tls.key` (PKCS #8) and `ca.crt`, all in PEM. */
  readonly secret: pulumi.Output<string>;
  /** Changes exactly when the certificate does. */
  readonly revision: pulumi.Output<string>;
}

/** Makes a key and a certificate for one workload. */
export function issueCertificate(
  name: string,
  args: CertificateArgs,
  parent: pulumi.Resource,
): MountedCertificate {
  const { platform, authority, workload, namespace, role } = args;
  const key = new tls.PrivateKey(`${name}-key`, ecdsa, { parent });
  const { certPem } = sign(name, { ...args, key }, parent);
  const entries = {
    // Servers show the authority's too, so that a probe of them sees when either ends.
    "tls.crt": role === "server" ? pulumi.interpolate`${certPem}${authority.certificate}` : certPem,
    "tls.key": key.privateKeyPemPkcs8,
    [authorityEntry]: authority.certificate,
  };
  const metadata = metadataOf({ name: `${workload}-certificate`, namespace, workload, component: "logging" });
  const secret = new k8s.core.v1.Secret(
    `${name}-secret`,
    { metadata, type: "kubernetes.io/tls", stringData: entries },
    { parent },
  );
  return { secret: secret.metadata.name, revision: platform.revisionOf(contentOf(entries)) };
}

function sign(
  name: string,
  { platform, authority, workload, role, namespace, key }: CertificateArgs & { readonly key: tls.PrivateKey },
  parent: pulumi.Resource,
): tls.LocallySignedCert {
  const request = new tls.CertRequest(
    `${name}-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: workload },
      dnsNames: role === "server" ? serviceNamesOf(workload, namespace, platform.clusterDomain) : [workload],
    },
    { parent },
  );
  return new tls.LocallySignedCert(
    `${name}-certificate`,
    {
      caCertPem: authority.certificate,
      caPrivateKeyPem: authority.key,
      certRequestPem: request.certRequestPem,
      allowedUses: ["digital_signature", role === "server" ? "server_auth" : "client_auth"],
      ...terms.holder,
    },
    { parent },
  );
}

/** Every name under which a Service is reached, and the one of a forwarded port. */
function serviceNamesOf(service: string, namespace: pulumi.Input<string>, clusterDomain: string) {
  const place = pulumi.output(namespace);
  return [
    service,
    pulumi.interpolate`${service}.${place}`,
    pulumi.interpolate`${service}.${place}.svc`,
    pulumi.interpolate`${service}.${place}.svc.${clusterDomain}`,
    "localhost",
  ];
}
