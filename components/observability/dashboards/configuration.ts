import { textBeside } from "../../foundation/text-beside.ts";
import type { Objectives } from "../metrics/rules/rule.ts";
import { buildDashboard } from "./build.ts";
import { dashboards } from "./catalog/index.ts";
import { directories, files } from "./directories.ts";
import { uids } from "./links.ts";
import { dataSources, type SourcesArgs } from "./sources.ts";

export interface ConfigurationArgs {
  /** URL under which browsers reach it; absent where nobody but `kubectl port-forward` does. */
  readonly url?: string | undefined;
  /** Where its data comes from. */
  readonly sources: SourcesArgs;
  /** What the platform promises. */
  readonly objectives: Objectives;
  /** Name of the workload that takes traces. @default jaeger */
  readonly traceWriter?: string;
}

/** The files of the configuration by name; provisioning as of https://grafana.com/docs/grafana/latest/administration/provisioning/ */
export function configurationFiles(args: ConfigurationArgs): Record<string, string> {
  const dashboardFiles = dashboards(args.objectives, args).map(
    (spec) => [`dashboards/${spec.uid}.json`, JSON.stringify(buildDashboard(spec))] as const,
  );
  return {
    "grafana.ini": iniOf(settingsOf(args)),
    "prepare.sh": textBeside(import.meta.url, "prepare.sh"),
    "provisioning/datasources/platform.yaml": yamlOf(dataSources(args.sources)),
    "provisioning/dashboards/platform.yaml": yamlOf(dashboardProvider),
    ...Object.fromEntries(dashboardFiles),
  };
}

const dashboardProvider = {
  apiVersion: 1,
  providers: [
    {
      name: "iot-verification",
      orgId: 1,
      folder: "IoT verification",
      folderUid: "iot-verification",
      type: "file",
      disableDeletion: true,
      allowUiUpdates: false,
      updateIntervalSeconds: 60,
      options: { path: `${directories.configuration}/dashboards` },
    },
  ],
};

type Settings = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** What differs from the defaults: https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/ */
function settingsOf({ url }: ConfigurationArgs): Settings {
  const encrypted = url?.startsWith("https:") ?? false;
  return {
    // Compressing takes hundreds of MiB, and before 13.2.1 ever more: https://github.com/grafana/grafana/issues/123017
    server: { enable_gzip: false, ...(url !== undefined && { root_url: url }) },
    security: {
      admin_password: files.accepted("admin-password"),
      secret_key: files.accepted("secret-key"),
      disable_gravatar: true,
      cookie_secure: encrypted,
      cookie_samesite: "lax",
      strict_transport_security: encrypted,
      content_security_policy: true,
    },
    users: { allow_sign_up: false, allow_org_create: false },
    "auth.anonymous": { enabled: false },
    snapshots: { external_enabled: false },
    dashboards: {
      default_home_dashboard_path: `${directories.configuration}/dashboards/${uids.overview}.json`,
      min_refresh_interval: "10s",
    },
    // Prometheus judges; Grafana shows what it says.
    unified_alerting: { execute_alerts: false },
    // It asks nobody outside for anything.
    analytics: {
      reporting_enabled: false,
      check_for_updates: false,
      check_for_plugin_updates: false,
      feedback_links_enabled: false,
    },
    news: { news_feed_enabled: false },
    plugins: {
      preinstall_disabled: true,
      plugin_admin_enabled: false,
      public_key_retrieval_disabled: true,
      disable_plugins: unusedPlugins.join(","),
    },
    metrics: { enabled: true },
    log: { mode: "console", level: "info" },
    "log.console": { format: "json" },
  };
}

/** Plugins of the image for systems that the platform does not have: each would be a process of its own. */
const unusedPlugins = [
  "cloudwatch",
  "grafana-azure-monitor-datasource",
  "grafana-exploretraces-app",
  "grafana-lokiexplore-app",
  "grafana-pyroscope-app",
  "grafana-postgresql-datasource",
  "grafana-pyroscope-datasource",
  "grafana-testdata-datasource",
  "graphite",
  "influxdb",
  "loki",
  "mssql",
  "mysql",
  "opentsdb",
  "parca",
  "stackdriver",
  "tempo",
  "zipkin",
];

function iniOf(settings: Settings): string {
  const sections = Object.entries(settings).map(([name, keys]) => {
    const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}`);
    return [`[${name}]`, ...lines].join("\n");
  });
  return `${sections.join("\n\n")}\n`;
}

/** JSON, which is YAML too. */
function yamlOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
