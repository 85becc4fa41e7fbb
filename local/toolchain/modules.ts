/** The pinned Go modules from which programs are built, and what a build of each takes. */

/** A folder of `modules/`: one pinned Go module graph. */
export type ModuleName =
  | "pulumi"
  | "provider-kubernetes"
  | "kubernetes"
  | "kubernetes-node"
  | "etcd"
  | "kwok"
  | "coredns"
  | "pause"
  | "kube-network-policies"
  | "judges"
  | "versitygw"
  | "prometheus"
  | "alertmanager"
  | "kube-state-metrics"
  | "blackbox-exporter"
  | "statsd-exporter";

export interface ModuleSpec {
  readonly ldflags: string;
  /** Build tags. @default none */
  readonly tags?: readonly string[];
  /** Whether its programs must be of one piece, to run where nothing else is. @default false */
  readonly isStatic?: boolean;
  /** Build time from nothing on two cores, for the first estimate. */
  readonly minutes: number;
  /** What its modules take, packed and unpacked, when none is there yet; and one that tells whether they are. */
  readonly download: { readonly mebibytes: number; readonly sign: string };
  /** Files that the program embeds and its module does not carry in the needed form. */
  readonly embed?: {
    readonly module: string;
    readonly files: readonly { readonly from: string; readonly to: string; readonly version?: string }[];
  };
  /** A line of a module that is replaced before the build: a later fix that the served version lacks. */
  readonly mend?: {
    readonly module: string;
    readonly file: string;
    readonly line: string;
    readonly by: readonly string[];
  };
}

/** Versions that are fetched or built. */
export const versions = {
  kubernetes: "1.36.3",
  etcd: "3.6.5",
  kwok: "0.8.0",
  coredns: "1.15.0",
  pause: "1.0.0",
  kubeNetworkPolicies: "1.1.0",
  judges: "1.0.0",
  versitygw: "1.8.0",
  prometheus: "3.16.0",
  alertmanager: "0.34.2",
  kubeStateMetrics: "2.18.0",
  blackboxExporter: "0.28.0",
  statsdExporter: "0.28.0",
  z3: "5.4.1",
  cli: { official: "3.265.0", built: "3.232.0" },
} as const;

const kubernetesFlags = [
  `-X k8s.io/component-base/version.gitVersion=v${versions.kubernetes}`,
  "-X k8s.io/component-base/version.gitMajor=1",
  "-X k8s.io/component-base/version.gitMinor=36",
].join(" ");
/** Prometheus and its relatives say the version that the linker gives to a package that they share. */
const prometheusFlags = (version: string) => `-X github.com/prometheus/common/version.Version=${version}`;
const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/**
 * The newest provider that can be built is 4.25.0, while @pulumi/kubernetes asks for 4.34.2 or newer and the
 * CLI warns at every command when a provider says less. Build metadata is ignored when versions are compared,
 * so this string satisfies the CLI and still tells a reader of a log or a state file what really runs.
 */
export const providerVersion = { official: "4.34.2", built: "4.34.2+built.from.4.25.0" };

export const modules: Readonly<Record<ModuleName, ModuleSpec>> = {
  pulumi: {
    ldflags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${versions.cli.built}`,
    minutes: 4,
    download: { mebibytes: 1900, sign: `github.com/pulumi/pulumi/pkg/v3@v${versions.cli.built}` },
  },
  "provider-kubernetes": {
    ldflags: `-X ${providerModule}/pkg/version.Version=${providerVersion.built}`,
    minutes: 10,
    download: { mebibytes: 950, sign: `${providerModule}@v4.0.0-20260115033456-f47bc2d6f199` },
    embed: {
      module: providerModule,
      files: [
        {
          from: "cmd/pulumi-resource-kubernetes/schema.json",
          to: "schema-embed.json",
          version: providerVersion.built,
        },
        { from: "cmd/pulumi-resource-kubernetes/terraform-mapping.json", to: "terraform-mapping-embed.json" },
      ],
    },
    // 4.25.0 takes a StatefulSet for rolled out before its controller has seen the change (pulumi-kubernetes#4094).
    mend: {
      module: providerModule,
      file: "pkg/await/statefulset.go",
      line: 'sia.revisionReady = (currentRevision != "") && (currentRevision == updateRevision)',
      by: [
        'rawObserved, _ := openapi.Pluck(statefulset.Object, "status", "observedGeneration")',
        "observed, _ := rawObserved.(int64)",
        "isObserved := observed >= statefulset.GetGeneration()",
        'sia.revisionReady = isObserved && (currentRevision != "") && (currentRevision == updateRevision)',
      ],
    },
  },
  kubernetes: {
    ldflags: kubernetesFlags,
    minutes: 6,
    download: { mebibytes: 800, sign: `k8s.io/kubernetes@v${versions.kubernetes}` },
  },
  "kubernetes-node": {
    ldflags: kubernetesFlags,
    minutes: 6,
    download: { mebibytes: 800, sign: `k8s.io/kubernetes@v${versions.kubernetes}` },
  },
  etcd: {
    ldflags: "",
    minutes: 1.5,
    download: { mebibytes: 320, sign: `go.etcd.io/etcd/server/v3@v${versions.etcd}` },
  },
  kwok: {
    ldflags: "",
    minutes: 2.5,
    download: { mebibytes: 530, sign: `sigs.k8s.io/kwok@v${versions.kwok}` },
  },
  coredns: {
    ldflags: "",
    isStatic: true,
    minutes: 3,
    download: { mebibytes: 300, sign: `github.com/coredns/coredns@v${versions.coredns}` },
  },
  pause: {
    ldflags: `-X main.version=${versions.pause}`,
    isStatic: true,
    minutes: 0.5,
    // Go brings all that it is made of.
    download: { mebibytes: 0, sign: "" },
  },
  "kube-network-policies": {
    ldflags: `-X main.version=${versions.kubeNetworkPolicies}`,
    isStatic: true,
    minutes: 3,
    download: {
      mebibytes: 300,
      sign: `sigs.k8s.io/kube-network-policies@v${versions.kubeNetworkPolicies}`,
    },
  },
  judges: {
    ldflags: `-X main.version=${versions.judges}`,
    isStatic: true,
    minutes: 3,
    download: { mebibytes: 450, sign: "github.com/zegl/kube-score@v1.20.0" },
    // kube-score 1.20.0 was written for a Kubernetes library whose labels had one function less.
    mend: {
      module: "github.com/zegl/kube-score",
      file: "score/internal/labelselector.go",
      line: "func (l MapLabels) Has(key string) bool {",
      by: [
        "func (l MapLabels) Lookup(key string) (string, bool) {",
        "\tvalue, ok := l[key]",
        "\treturn value, ok",
        "}",
        "",
        "func (l MapLabels) Has(key string) bool {",
      ],
    },
  },
  versitygw: {
    ldflags: `-X main.Version=${versions.versitygw}`,
    isStatic: true,
    minutes: 3,
    download: { mebibytes: 300, sign: `github.com/versity/versitygw@v${versions.versitygw}` },
  },
  prometheus: {
    ldflags: prometheusFlags(versions.prometheus),
    // Targets are found in Kubernetes only; the others would bring the clients of every cloud along.
    tags: ["remove_all_sd", "enable_kubernetes_sd"],
    isStatic: true,
    minutes: 8,
    download: { mebibytes: 900, sign: "github.com/prometheus/prometheus@v0.316.0" },
  },
  alertmanager: {
    ldflags: prometheusFlags(versions.alertmanager),
    isStatic: true,
    minutes: 2,
    download: { mebibytes: 300, sign: `github.com/prometheus/alertmanager@v${versions.alertmanager}` },
    // Its pages are made by a build that the module does not carry; the program serves its API without them.
    mend: {
      module: "github.com/prometheus/alertmanager",
      file: "ui/web.go",
      line: "//go:embed app/dist",
      by: ["//go:embed web.go"],
    },
  },
  "kube-state-metrics": {
    ldflags: prometheusFlags(versions.kubeStateMetrics),
    isStatic: true,
    minutes: 5,
    download: { mebibytes: 300, sign: `k8s.io/kube-state-metrics/v2@v${versions.kubeStateMetrics}` },
  },
  "blackbox-exporter": {
    ldflags: prometheusFlags(versions.blackboxExporter),
    isStatic: true,
    minutes: 3,
    download: {
      mebibytes: 100,
      sign: `github.com/prometheus/blackbox_exporter@v${versions.blackboxExporter}`,
    },
  },
  "statsd-exporter": {
    ldflags: prometheusFlags(versions.statsdExporter),
    isStatic: true,
    minutes: 1,
    download: { mebibytes: 100, sign: `github.com/prometheus/statsd_exporter@v${versions.statsdExporter}` },
  },
};
