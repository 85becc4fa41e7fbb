import { z } from "zod";
import { dnsLabel, field, integer, oneOf } from "../fields.ts";

const cidr = field(z.union([z.cidrv4(), z.cidrv6()]), {
  allowed: "a range of IPv4 or IPv6 addresses, with its length: /32 or /128 for a single one",
  example: "192.0.2.0/24",
});

const cidrs = field(z.array(cidr).max(64), {
  allowed: "a list of at most 64 ranges of addresses",
  example: "[192.0.2.10/32]",
}).default([]);

/** Namespaces of pods that are not the platform's; its own need no mention. */
const namespaces = field(z.array(dnsLabel("ingress-nginx")).max(16), {
  allowed: "a list of at most 16 names of namespaces",
  example: "[ingress-nginx]",
}).default([]);

function tcpPorts(...usual: number[]) {
  const port = integer("TCP port", { min: 1, max: 65_535, example: usual[0] ?? 443 });
  return field(z.array(port).min(1).max(16), {
    allowed: "a list of 1 to 16 ports",
    example: `[${usual.join(", ")}]`,
  }).default(usual);
}

const labelName = String.raw`([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?`;
const labelValue = String.raw`([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?`;
const label = `${labelName}=${labelValue}`;

/** Labels that all must be there, in the form of `kubectl get pods --selector`. */
function selector(example: string) {
  return field(
    z
      .string()
      .regex(new RegExp(`^${label}(,${label})*$`))
      .refine((text) => isDistinct(text.split(",").map((one) => one.split("=")[0]))),
    { allowed: "labels of pods, as name=value, separated by commas, each name once", example },
  ).default(example);
}

function isDistinct(names: readonly unknown[]): boolean {
  return new Set(names).size === names.length;
}

/**
 * Where those are whom a NetworkPolicy cannot name. Of one without `cidrs` and `namespaces` only the ports are known: it may be
 * anywhere.
 */
export const network = z.strictObject({
  /** Who may call the gateway. */
  gatewayClients: z.strictObject({ cidrs, namespaces }).prefault({}),
  /** The pods that answer questions for names. */
  dns: z
    .strictObject({
      namespace: dnsLabel("kube-system").default("kube-system"),
      podSelector: selector("k8s-app=kube-dns"),
      /** Addresses of what answers besides, such as NodeLocal DNSCache. */
      cidrs,
      ports: tcpPorts(53),
    })
    .prefault({}),
  /** The API server itself, behind its Service; its requests to metrics-server come from there or through an agent in a namespace. */
  kubernetesApi: z.strictObject({ cidrs, namespaces, ports: tcpPorts(443, 6443) }).prefault({}),
  /** The nodes' own addresses. */
  kubelets: z
    .strictObject({
      cidrs,
      ports: tcpPorts(10_250),
      /** In most clusters a kubelet signs its certificate itself; only where the cluster's authority does, it can be verified. */
      certificates: oneOf(["verified", "unverified"]).optional(),
    })
    .prefault({}),
  /** Whom Alertmanager notifies: webhooks, and mail by submission. */
  alertReceivers: z.strictObject({ cidrs, namespaces, ports: tcpPorts(443, 587) }).prefault({}),
  /** Object storage that the platform does not run. */
  objectStorage: z.strictObject({ cidrs, namespaces, ports: tcpPorts(443) }).prefault({}),
  /** Elasticsearch that the platform does not run. */
  elasticsearch: z.strictObject({ cidrs, namespaces, ports: tcpPorts(9200, 443) }).prefault({}),
  /** The receiver of traces, where `settings.otlpEndpoint` names one. */
  traceCollector: z.strictObject({ cidrs, namespaces, ports: tcpPorts(4318) }).prefault({}),
});

/** The validated section. */
export type NetworkConfig = z.output<typeof network>;

interface Kubelets {
  readonly autoscaling: { readonly metrics: string };
  readonly network: Pick<NetworkConfig, "kubelets">;
}

/** What scales by figures of kubelets that are not verified has been asked to. */
export function checkKubelets(config: Kubelets, context: z.core.$RefinementCtx<unknown>): void {
  if (config.autoscaling.metrics !== "install" || config.network.kubelets.certificates !== undefined) return;
  const allowed =
    "verified, where the cluster's authority signs the certificates of kubelets, or unverified, as autoscaling.metrics is install";
  context.addIssue({
    code: "custom",
    path: ["network", "kubelets", "certificates"],
    params: { allowed, example: "verified" },
  });
}
