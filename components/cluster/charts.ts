import type { OperatorId } from "../contract/operators.ts";

/** A Helm chart of a pinned version. */
export interface Chart {
  /** Of the release, by which Helm knows it. */
  readonly release: string;
  /** Name in its repository, or `oci://` reference. */
  readonly chart: string;
  /** URL of the repository. @default the chart is an `oci://` reference */
  readonly repository?: string;
  readonly version: string;
  /**
   * `release` is Helm itself: its hooks run, and the whole is one resource. `chart` is rendered by the provider, each object a
   * resource: for charts without hooks. https://www.pulumi.com/blog/kubernetes-chart-v4/
   */
  readonly by: "release" | "chart";
  /** Non-secret values; each of them exists in the chart at this version (docs/cluster.md). */
  readonly values: Values;
}

export type Values = { readonly [key: string]: Value };
type Value = string | number | boolean | Values;

/** What of the configuration the charts' values depend on. */
export interface ChartSettings {
  /** Whether Longhorn may be uninstalled, with all volumes. */
  readonly longhornMayBeDeleted: boolean;
  /** Where Longhorn keeps backups: a URL such as `s3://BUCKET@REGION/`, and the Secret in its namespace that opens it. */
  readonly longhornBackups?: { readonly target: string; readonly secret: string };
}

/** How an operator is installed. */
export interface Recipe {
  /** Whom it needs first. */
  readonly after: readonly OperatorId[];
  /** Manifests that are applied as they are published; absent where charts do it. */
  readonly manifest?: string;
  /** In the order of their installation. */
  readonly charts: readonly Chart[];
}

const istioCharts = "https://istio-release.storage.googleapis.com/charts";
const istioVersion = "1.30.4";
const twice = { enabled: true, minAvailable: 1 } as const;

/** Istiod sets this once it is up; a chart that leaves it out would set it back whenever it is applied again. */
const failClosed = { base: { validationFailurePolicy: "Fail" } } as const;

/** How each operator is installed. */
export function recipes(settings: ChartSettings): Readonly<Record<OperatorId, Recipe>> {
  return {
    "gateway-api": {
      after: [],
      manifest:
        "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml",
      charts: [],
    },
    "cert-manager": {
      // It looks for the kinds of Gateway API once, when it starts.
      after: ["gateway-api"],
      charts: [
        {
          release: "cert-manager",
          chart: "oci://quay.io/jetstack/charts/cert-manager",
          version: "v1.21.1",
          by: "release",
          values: {
            crds: { enabled: true, keep: true },
            config: {
              apiVersion: "controller.config.cert-manager.io/v1alpha1",
              kind: "ControllerConfiguration",
              gatewayAPI: { enabled: true },
            },
            replicaCount: 2,
            podDisruptionBudget: twice,
            webhook: { replicaCount: 2, podDisruptionBudget: twice },
            cainjector: { replicaCount: 2, podDisruptionBudget: twice },
          },
        },
      ],
    },
    istio: {
      after: ["gateway-api"],
      charts: [
        istio("istio-base", "base", failClosed),
        istio("istiod", "istiod", { ...failClosed, profile: "ambient", autoscaleMin: 2 }),
        istio("istio-cni", "cni", { profile: "ambient" }),
        istio("ztunnel", "ztunnel", {}),
      ],
    },
    "cloudnative-pg": {
      after: [],
      charts: [
        {
          release: "cloudnative-pg",
          chart: "cloudnative-pg",
          repository: "https://cloudnative-pg.github.io/charts",
          version: "0.29.0",
          by: "chart",
          values: { crds: { create: true }, replicaCount: 2 },
        },
      ],
    },
    "barman-cloud": {
      after: ["cert-manager", "cloudnative-pg"],
      charts: [
        {
          release: "plugin-barman-cloud",
          chart: "plugin-barman-cloud",
          repository: "https://cloudnative-pg.github.io/charts",
          version: "0.7.0",
          by: "chart",
          values: { crds: { create: true } },
        },
      ],
    },
    "prometheus-operator": {
      after: ["cert-manager"],
      charts: [
        {
          // Apart from the operator's chart, whose own are in a folder that Helm never upgrades.
          release: "prometheus-operator-crds",
          chart: "oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds",
          version: "31.0.1",
          by: "chart",
          values: {},
        },
        {
          release: "kube-prometheus-stack",
          chart: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
          version: "88.5.3",
          by: "release",
          values: prometheusOperatorAlone,
        },
      ],
    },
    eck: {
      after: [],
      charts: [
        {
          release: "elastic-operator",
          chart: "eck-operator",
          repository: "https://helm.elastic.co",
          version: "3.5.0",
          // The operator itself writes the certificate of its webhook, over what the chart says.
          by: "release",
          values: {
            podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            installCRDs: true,
            replicaCount: 2,
            podDisruptionBudget: twice,
            telemetry: { disabled: true },
          },
        },
      ],
    },
    longhorn: {
      after: [],
      charts: [
        {
          release: "longhorn",
          chart: "longhorn",
          repository: "https://charts.longhorn.io",
          version: "1.12.1",
          by: "release",
          values: {
            persistence: { defaultClass: false, reclaimPolicy: "Retain" },
            defaultSettings: {
              replicaSoftAntiAffinity: false,
              replicaZoneSoftAntiAffinity: false,
              upgradeChecker: false,
              allowCollectingLonghornUsageMetrics: false,
              deletingConfirmationFlag: settings.longhornMayBeDeleted,
            },
            ...(settings.longhornBackups && {
              defaultBackupStore: {
                backupTarget: settings.longhornBackups.target,
                backupTargetCredentialSecret: settings.longhornBackups.secret,
              },
            }),
          },
        },
      ],
    },
    "metrics-server": {
      after: [],
      charts: [
        {
          release: "metrics-server",
          chart: "metrics-server",
          repository: "https://kubernetes-sigs.github.io/metrics-server/",
          version: "3.13.1",
          by: "chart",
          values: { replicas: 2, podDisruptionBudget: twice },
        },
      ],
    },
  };
}

function istio(release: string, chart: string, values: Values): Chart {
  return { release, chart, repository: istioCharts, version: istioVersion, by: "chart", values };
}

/** Platform stacks have Prometheus, Alertmanager, rules and dashboards of their own: of the chart, only the operator is wanted. */
const prometheusOperatorAlone: Values = {
  crds: { enabled: false },
  defaultRules: { create: false },
  alertmanager: { enabled: false },
  grafana: { enabled: false },
  prometheus: { enabled: false },
  kubernetesServiceMonitors: { enabled: false },
  kubeStateMetrics: { enabled: false },
  nodeExporter: { enabled: false },
  prometheusOperator: {
    // The chart's own certificates come from hooks.
    admissionWebhooks: { certManager: { enabled: true }, patch: { enabled: false } },
    kubeletService: { enabled: false },
    kubeletEndpointsEnabled: false,
    serviceMonitor: { selfMonitor: false },
  },
};
