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
  /** What its pods run; the last of Longhorn's are known from a list of its release alone. */
  readonly images: readonly string[];
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
  /** Registry, with path, that has a copy of every chart below `charts/`, and of every image under its whole name. */
  readonly mirror?: string;
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
  const published = publishedRecipes(settings);
  const { mirror } = settings;
  if (mirror === undefined) return published;
  const entries = Object.entries(published).map(([id, recipe]) => {
    const charts = recipe.charts.map((chart) => mirroredChart(chart, mirror));
    return [id, { ...recipe, charts }];
  });
  return Object.fromEntries(entries) as Record<OperatorId, Recipe>;
}

function mirroredChart({ repository: _, ...chart }: Chart, mirror: string): Chart {
  const name = chart.chart.split("/").at(-1);
  const own = imageValues[chart.release]?.(mirror) ?? {};
  return {
    ...chart,
    chart: `oci://${mirror}/charts/${name}`,
    images: chart.images.map((image) => `${mirror}/${image}`),
    values: merged(chart.values, own),
  };
}

function merged(values: Values, more: Values): Values {
  const both = Object.entries(more).map(([key, value]) => {
    const old = values[key];
    return [key, typeof value === "object" && typeof old === "object" ? merged(old, value) : value];
  });
  return { ...values, ...Object.fromEntries(both) };
}

/** How each chart is told where its images are. */
const imageValues: Readonly<Record<string, (mirror: string) => Values>> = {
  "cert-manager": (mirror) => ({ imageRegistry: `${mirror}/quay.io` }),
  istiod: (mirror) => ({ global: { hub: `${mirror}/docker.io/istio` } }),
  "istio-cni": (mirror) => ({ global: { hub: `${mirror}/docker.io/istio` } }),
  ztunnel: (mirror) => ({ hub: `${mirror}/docker.io/istio` }),
  "cloudnative-pg": (mirror) => ({
    image: { repository: `${mirror}/ghcr.io/cloudnative-pg/cloudnative-pg` },
  }),
  "plugin-barman-cloud": (mirror) => ({
    image: { registry: `${mirror}/ghcr.io` },
    sidecarImage: { registry: `${mirror}/ghcr.io` },
  }),
  // Of what is left of the chart, all is there.
  "kube-prometheus-stack": (mirror) => ({ global: { imageRegistry: `${mirror}/quay.io` } }),
  "elastic-operator": (mirror) => ({ image: { repository: `${mirror}/docker.elastic.co/eck/eck-operator` } }),
  longhorn: (mirror) => ({ global: { cattle: { systemDefaultRegistry: `${mirror}/docker.io` } } }),
  "metrics-server": (mirror) => ({
    image: { repository: `${mirror}/registry.k8s.io/metrics-server/metrics-server` },
  }),
};

function publishedRecipes(settings: ChartSettings): Readonly<Record<OperatorId, Recipe>> {
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
          images: ["controller", "webhook", "cainjector", "startupapicheck", "acmesolver"].map(
            (part) => `quay.io/jetstack/cert-manager-${part}:v1.21.1`,
          ),
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
          images: ["ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"],
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
          images: ["plugin-barman-cloud", "plugin-barman-cloud-sidecar"].map(
            (name) => `ghcr.io/cloudnative-pg/${name}:v0.13.0`,
          ),
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
          images: [],
          values: {},
        },
        {
          release: "kube-prometheus-stack",
          chart: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
          version: "88.5.3",
          by: "release",
          images: ["prometheus-operator", "prometheus-config-reloader"].map(
            (name) => `quay.io/prometheus-operator/${name}:v0.93.1`,
          ),
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
          images: ["docker.elastic.co/eck/eck-operator:3.5.0"],
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
          images: ["engine", "manager", "ui", "instance-manager", "share-manager"].map(
            (part) => `docker.io/longhornio/longhorn-${part}:v1.12.1`,
          ),
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
          images: ["registry.k8s.io/metrics-server/metrics-server:v0.8.1"],
          values: { replicas: 2, podDisruptionBudget: twice },
        },
      ],
    },
  };
}

function istio(release: string, chart: string, values: Values): Chart {
  // What it deploys for a Gateway is Envoy with an agent.
  const programs = { istiod: ["pilot", "proxyv2"], "istio-cni": ["install-cni"], ztunnel: ["ztunnel"] };
  const images = (programs[release as keyof typeof programs] ?? []).map(
    (program) => `docker.io/istio/${program}:${istioVersion}`,
  );
  return { release, chart, repository: istioCharts, version: istioVersion, by: "chart", images, values };
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
