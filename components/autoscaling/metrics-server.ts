import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { systemNames, systemPorts } from "../contract/systems.ts";
import { contentOf } from "../foundation/accepted.ts";
import type { ApiAccess } from "../foundation/access.ts";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Platform } from "../foundation/index.ts";
import { workloadLabels } from "../foundation/labels.ts";
import { metadataOf } from "../foundation/metadata.ts";
import type { ContainerResources } from "../foundation/resources.ts";
import { System } from "../foundation/system.ts";
import type { SystemPod } from "../foundation/system-pod.ts";

export interface MetricsServerArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference. */
  readonly image: string;
  /** CPU and memory of its pod. */
  readonly resources: ContainerResources;
  /** Whether kubelets must show a certificate of the cluster's authority. */
  readonly kubeletCertificates: "verified" | "unverified";
}

const { metricsServer: workload } = systemNames;
const { metricsServer: ports } = systemPorts;
const certificateDirectory = "/run/secrets/certificate";

/**
 * metrics-server: asks every kubelet what its pods use, and answers in the API server's name.
 * https://github.com/kubernetes-sigs/metrics-server/tree/v0.8.1#requirements
 */
export class MetricsServer extends pulumi.ComponentResource {
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: MetricsServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:autoscaling:MetricsServer", name, {}, options);
    const certificate = this.createCertificate(`${name}-certificate`, args);
    const system = new System(
      `${name}-system`,
      {
        platform: args.platform,
        workload,
        component: "metrics",
        replicas: 1,
        ports,
        pod: podOf(args, certificate),
        access,
      },
      { parent: this },
    );
    this.createApiService(`${name}-apiservice`, args, { host: system.host, ...certificate });
    this.demand = system.demand;
    this.registerOutputs();
  }

  /** Signed by its own key: the API server is told to trust just this one. */
  private createCertificate(name: string, { platform }: MetricsServerArgs) {
    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      { parent: this },
    );
    const { certPem } = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: workload },
        dnsNames: [pulumi.interpolate`${workload}.${platform.namespace}.svc`],
        allowedUses: ["digital_signature", "server_auth"],
        validityPeriodHours: 10 * year,
        earlyRenewalHours: year,
      },
      { parent: this },
    );
    const entries = { "tls.crt": certPem, "tls.key": key.privateKeyPem };
    const metadata = metadataOf({
      name: `${workload}-certificate`,
      namespace: platform.namespace,
      workload,
      component: "metrics",
    });
    const secret = new k8s.core.v1.Secret(
      `${name}-secret`,
      { metadata, type: "kubernetes.io/tls", stringData: entries },
      { parent: this },
    );
    return { certPem, secret: secret.metadata.name, revision: platform.revisionOf(contentOf(entries)) };
  }

  /** https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/ */
  private createApiService(
    name: string,
    { platform }: MetricsServerArgs,
    { host, certPem }: { readonly host: pulumi.Output<string>; readonly certPem: pulumi.Output<string> },
  ) {
    return new k8s.apiregistration.v1.APIService(
      name,
      {
        metadata: { name: "v1beta1.metrics.k8s.io", labels: workloadLabels(workload, "metrics") },
        spec: {
          group: "metrics.k8s.io",
          version: "v1beta1",
          groupPriorityMinimum: 100,
          versionPriority: 100,
          // Once it answers: the API server says for every request of a group without a server that it is unavailable.
          service: {
            name: host.apply(() => workload),
            namespace: platform.namespace,
            port: ports.https,
          },
          caBundle: certPem.apply((pem) => Buffer.from(pem).toString("base64")),
        },
      },
      { parent: this },
    );
  }
}

const year = 365 * 24;

/** https://github.com/kubernetes-sigs/metrics-server/blob/v0.8.1/manifests/base/rbac.yaml */
const access: ApiAccess = {
  cluster: [
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    // What the role system:auth-delegator grants: it asks the API server who its callers are and what they may do.
    { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  ],
  // What the role extension-apiserver-authentication-reader grants: how to know the API server itself.
  namespaced: {
    namespaces: [{ name: "authentication", namespace: "kube-system" }],
    rules: [
      {
        apiGroups: [""],
        resources: ["configmaps"],
        resourceNames: ["extension-apiserver-authentication"],
        verbs: ["get", "list", "watch"],
      },
    ],
  },
};

/** The authority of the cluster, as every pod with a token of its account has it. */
const clusterAuthority = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

const kubeletOptions = {
  verified: `--kubelet-certificate-authority=${clusterAuthority}`,
  unverified: "--kubelet-insecure-tls",
} as const;

function podOf(
  { image, resources, kubeletCertificates }: MetricsServerArgs,
  certificate: { readonly secret: pulumi.Output<string>; readonly revision: pulumi.Output<string> },
): SystemPod {
  const probe = (path: string) => ({ httpGet: { path, port: "https", scheme: "HTTPS" }, periodSeconds: 10 });
  return {
    user: { uid: 65534, gid: 65534 },
    containers: [
      {
        name: workload,
        image,
        args: [
          `--secure-port=${ports.https}`,
          `--tls-cert-file=${certificateDirectory}/tls.crt`,
          `--tls-private-key-file=${certificateDirectory}/tls.key`,
          "--metric-resolution=15s",
          "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
          "--kubelet-use-node-status-port",
          kubeletOptions[kubeletCertificates],
        ],
        resources,
        startupProbe: { ...probe("/livez"), periodSeconds: 2, failureThreshold: 60 },
        // Ready: it has measured twice. Alive: it still measures.
        readinessProbe: { ...probe("/readyz"), timeoutSeconds: 3 },
        livenessProbe: { ...probe("/livez"), timeoutSeconds: 3, failureThreshold: 3 },
      },
    ],
    secrets: [
      {
        name: "certificate",
        directory: certificateDirectory,
        entries: ["tls.crt", "tls.key"],
        secret: certificate.secret,
        revision: certificate.revision,
      },
    ],
  };
}
