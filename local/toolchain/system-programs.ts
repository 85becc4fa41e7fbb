/** Programs that the platform's systems are: for the stand-ins of their images, and for tests that start the real ones. */
import { type ModuleName, versions } from "./modules.ts";
import type { SystemProgramName, ToolSpec } from "./tool-spec.ts";

interface PrometheusProgram {
  readonly name: SystemProgramName;
  /** Name of its repository and of its releases. @default the program's */
  readonly project?: string;
  readonly module: ModuleName;
  readonly version: string;
  /** Semver range of what is taken from PATH. */
  readonly accepted: string;
  /** Its package. */
  readonly source: string;
}

/** A program of the Prometheus project: all are published in the same way and say their versions alike. */
function prometheusProgram({
  name,
  project = name,
  module,
  version,
  accepted,
  source,
}: PrometheusProgram): ToolSpec {
  return {
    name,
    unit: module,
    accepted,
    query: { kind: "command", argv: ["--version"], pattern: /version v?(\d\S*)/ },
    official({ os, arch }) {
      const folder = `${project}-${version}.${os}-${arch}`;
      const release = `https://github.com/prometheus/${project}/releases/download/v${version}`;
      return {
        kind: "download",
        version,
        probe: `${release}/${folder}.tar.gz`,
        sums: `${release}/sha256sums.txt`,
        member: `${folder}/${name}`,
      };
    },
    build: { module, package: source, version },
    install: "https://prometheus.io/download/",
  };
}

const { prometheus, alertmanager } = versions;

export const systemPrograms: Readonly<Record<SystemProgramName, ToolSpec>> = {
  versitygw: {
    name: "versitygw",
    unit: "versitygw",
    accepted: `>=${versions.versitygw} <2`,
    query: { kind: "command", argv: ["--version"], pattern: /Version\s*: v?(\d\S*)/ },
    official({ os, arch }) {
      const machine = { amd64: "x86_64", arm64: "arm64" }[arch];
      const system = { linux: "Linux", darwin: "Darwin" }[os];
      const folder = `versitygw_v${versions.versitygw}_${system}_${machine}`;
      const release = `https://github.com/versity/versitygw/releases/download/v${versions.versitygw}`;
      return {
        kind: "download",
        version: versions.versitygw,
        probe: `${release}/${folder}.tar.gz`,
        sums: `${release}/checksums.txt`,
        member: `${folder}/versitygw`,
      };
    },
    build: {
      module: "versitygw",
      package: "github.com/versity/versitygw/cmd/versitygw",
      version: versions.versitygw,
    },
    install: "https://github.com/versity/versitygw/releases",
  },
  prometheus: prometheusProgram({
    name: "prometheus",
    module: "prometheus",
    version: prometheus,
    accepted: `>=${prometheus} <4`,
    source: "github.com/prometheus/prometheus/cmd/prometheus",
  }),
  promtool: prometheusProgram({
    name: "promtool",
    project: "prometheus",
    module: "prometheus",
    version: prometheus,
    accepted: `>=${prometheus} <4`,
    source: "github.com/prometheus/prometheus/cmd/promtool",
  }),
  alertmanager: prometheusProgram({
    name: "alertmanager",
    module: "alertmanager",
    version: alertmanager,
    accepted: `~${alertmanager}`,
    source: "github.com/prometheus/alertmanager/cmd/alertmanager",
  }),
  amtool: prometheusProgram({
    name: "amtool",
    project: "alertmanager",
    module: "alertmanager",
    version: alertmanager,
    accepted: `~${alertmanager}`,
    source: "github.com/prometheus/alertmanager/cmd/amtool",
  }),
  "kube-state-metrics": {
    name: "kube-state-metrics",
    unit: "kube-state-metrics",
    accepted: `~${versions.kubeStateMetrics}`,
    query: { kind: "command", argv: ["version"], pattern: /version v?(\d\S*)/ },
    // Images are all that is published.
    official: () => undefined,
    build: {
      module: "kube-state-metrics",
      package: "k8s.io/kube-state-metrics/v2",
      version: versions.kubeStateMetrics,
    },
    install: "https://github.com/kubernetes/kube-state-metrics",
  },
  blackbox_exporter: prometheusProgram({
    name: "blackbox_exporter",
    module: "blackbox-exporter",
    version: versions.blackboxExporter,
    accepted: `~${versions.blackboxExporter}`,
    source: "github.com/prometheus/blackbox_exporter",
  }),
  statsd_exporter: prometheusProgram({
    name: "statsd_exporter",
    module: "statsd-exporter",
    version: versions.statsdExporter,
    accepted: `~${versions.statsdExporter}`,
    source: "github.com/prometheus/statsd_exporter",
  }),
};
