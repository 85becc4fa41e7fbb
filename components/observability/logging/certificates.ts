import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { contentOf } from "../../foundation/accepted.ts";
import type { Platform } from "../../foundation/index.ts";
import { metadataOf } from "../../foundation/metadata.ts";
import { authoritySecret } from "./names.ts";

const year = 365 * 24;

/** Hours that certificates last, and before their end from when on the next `pulumi up` makes new ones. */
const terms = {
  authority: { validityPeriodHours: 10 * year, earlyRenewalHours: year },
  holder: { validityPeriodHours: year, earlyRenewalHours: 90 * 24 },
} as const;

const ecdsa = { algorithm: "ECDSA", ecdsaCurve: "P256" } as const;

export interface CertificatesArgs {
  /** What it stands on. */
  readonly platform: Platform;
}

/** Who gets a certificate. */
export interface HolderArgs {
  /** The workload, whose Secret is `WORKLOAD-certificate`. */
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

/**
 * A private authority, and the certificates that it signs: TLS inside the platform. Keys are on the curve P-256; they and
 * the certificates are in Pulumi's state, the keys encrypted.
 */
export class Certificates extends pulumi.ComponentResource {
  /** Certificate of the authority, in PEM. */
  readonly authority: pulumi.Output<string>;
  /** Name of the Secret with just that, for who checks a server: see `authoritySecret`. */
  readonly authoritySecret: pulumi.Output<string>;
  private readonly platform: Platform;
  private readonly key: tls.PrivateKey;

  constructor(name: string, { platform }: CertificatesArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Certificates", name, {}, options);
    this.platform = platform;
    this.key = new tls.PrivateKey(`${name}-authority-key`, ecdsa, { parent: this });
    this.authority = this.createAuthority(`${name}-authority`).certPem;
    this.authoritySecret = this.publishAuthority(`${name}-authority-secret`).metadata.name;
    this.registerOutputs({ authoritySecret: this.authoritySecret });
  }

  /** A key and a certificate of one's own, below whoever asks for them. */
  issue(name: string, holder: HolderArgs, parent: pulumi.Resource): MountedCertificate {
    const key = new tls.PrivateKey(`${name}-key`, ecdsa, { parent });
    const certificate = this.sign(name, { ...holder, key }, parent);
    const entries = {
      "tls.crt": certificate.certPem,
      "tls.key": key.privateKeyPemPkcs8,
      [authoritySecret.entry]: this.authority,
    };
    const { workload, namespace } = holder;
    const metadata = metadataOf({
      name: `${workload}-certificate`,
      namespace,
      workload,
      component: "logging",
    });
    const secret = new k8s.core.v1.Secret(
      `${name}-secret`,
      { metadata, type: "kubernetes.io/tls", stringData: entries },
      { parent },
    );
    return { secret: secret.metadata.name, revision: this.platform.revisionOf(contentOf(entries)) };
  }

  private createAuthority(name: string): tls.SelfSignedCert {
    return new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: this.key.privateKeyPem,
        subject: { commonName: "IoT verification platform", organization: "iot-verification" },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        ...terms.authority,
      },
      { parent: this },
    );
  }

  private sign(
    name: string,
    { workload, role, namespace, key }: HolderArgs & { readonly key: tls.PrivateKey },
    parent: pulumi.Resource,
  ) {
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: workload },
        dnsNames:
          role === "server" ? serviceNamesOf(workload, namespace, this.platform.clusterDomain) : [workload],
      },
      { parent },
    );
    return new tls.LocallySignedCert(
      `${name}-certificate`,
      {
        caCertPem: this.authority,
        caPrivateKeyPem: this.key.privateKeyPem,
        certRequestPem: request.certRequestPem,
        allowedUses: ["digital_signature", role === "server" ? "server_auth" : "client_auth"],
        ...terms.holder,
      },
      { parent },
    );
  }

  private publishAuthority(name: string): k8s.core.v1.Secret {
    const metadata = metadataOf({
      name: authoritySecret.name,
      namespace: this.platform.namespace,
      workload: "elasticsearch",
      component: "logging",
    });
    const stringData = { [authoritySecret.entry]: this.authority };
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }
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
