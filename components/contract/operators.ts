/**
 * What stack `cluster` installs for the whole cluster and a production stack finds there. Namespaces are their charts' own
 * defaults or what their documentation names, since operators, webhooks and certificates refer to them.
 */
export interface Operator {
  /** As its project writes it. */
  readonly title: string;
  /** Where its pods run; CustomResourceDefinitions alone have none. */
  readonly namespace?: string;
  /** What stack `cluster` installs, and the oldest that a production stack accepts. */
  readonly version: string;
  /** The first version that a production stack refuses, as nobody has read what it changes. */
  readonly below: string;
  /** The oldest and the newest Kubernetes that its project supports it on, as `1.36`. @default its project names none */
  readonly kubernetes?: { readonly oldest: string; readonly newest: string };
}

/** The operators, by the names of their projects. */
export const operators = {
  "gateway-api": { title: "Gateway API", version: "1.6.1", below: "1.8.0" },
  "cert-manager": { title: "cert-manager", namespace: "cert-manager", version: "1.21.1", below: "1.23.0" },
  istio: { title: "Istio", namespace: "istio-system", version: "1.30.4", below: "1.32.0" },
  longhorn: { title: "Longhorn", namespace: "longhorn-system", version: "1.12.1", below: "1.13.0" },
  "cloudnative-pg": {
    title: "CloudNativePG",
    namespace: "cnpg-system",
    version: "1.30.0",
    below: "1.32.0",
    kubernetes: { oldest: "1.34", newest: "1.36" },
  },
  "barman-cloud": {
    title: "Barman Cloud plugin",
    namespace: "cnpg-system",
    version: "0.13.0",
    below: "0.16.0",
  },
  "prometheus-operator": {
    title: "Prometheus operator",
    namespace: "monitoring",
    version: "0.93.1",
    below: "0.95.0",
  },
  eck: {
    title: "Elastic Cloud on Kubernetes",
    namespace: "elastic-system",
    version: "3.5.0",
    below: "3.6.0",
    kubernetes: { oldest: "1.32", newest: "1.36" },
  },
  "metrics-server": { title: "metrics-server", namespace: "kube-system", version: "0.8.1", below: "0.10.0" },
} as const satisfies Readonly<Record<string, Operator>>;

export type OperatorId = keyof typeof operators;

export const operatorIds = Object.keys(operators) as OperatorId[];

/** The oldest Kubernetes that a platform stack runs on; an operator may ask for a newer one. */
export const oldestKubernetes = "1.30";

/** Namespace and name of the ConfigMap in which stack `cluster` says what it has installed: a version by operator. */
export const installedVersions = { namespace: "iot-verification-cluster", name: "versions" } as const;

/** Name of the issuer of certificates that stack `cluster` makes for every namespace. */
export const clusterIssuer = "iot-verification";

/**
 * Longhorn's storage classes, one for each use. What replicates itself is not replicated again: its volume is one replica beside
 * its pod.
 */
export const storageClasses = { replicated: "longhorn-replicated", local: "longhorn-local" } as const;
