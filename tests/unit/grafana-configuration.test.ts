import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configurationFiles } from "../../components/observability/dashboards/configuration.ts";
import { objectives } from "./dashboards-built.ts";

const sources = {
  prometheus: "http://prometheus.test:9090",
  alertmanager: "http://alertmanager.test:9093",
  jaeger: "http://jaeger.test:16686",
  scrapeSeconds: 15,
};
const files = configurationFiles({ sources, objectives });

/** A file of the configuration that is JSON. */
function json(name: string): unknown {
  return JSON.parse(files[name] ?? "");
}

test("what people may do, and that it asks nobody outside", () => {
  expect(settings(files["grafana.ini"] ?? "")).toEqual({
    server: { enable_gzip: "false" },
    security: {
      admin_password: "$__file{/run/secrets/accepted/admin-password}",
      secret_key: "$__file{/run/secrets/accepted/secret-key}",
      disable_gravatar: "true",
      cookie_secure: "false",
      cookie_samesite: "lax",
      strict_transport_security: "false",
      content_security_policy: "true",
    },
    users: { allow_sign_up: "false", allow_org_create: "false" },
    "auth.anonymous": { enabled: "false" },
    snapshots: { external_enabled: "false" },
    dashboards: {
      default_home_dashboard_path: "/etc/iot-verification/grafana/dashboards/iot-overview.json",
      min_refresh_interval: "10s",
    },
    unified_alerting: { execute_alerts: "false" },
    analytics: {
      reporting_enabled: "false",
      check_for_updates: "false",
      check_for_plugin_updates: "false",
      feedback_links_enabled: "false",
    },
    news: { news_feed_enabled: "false" },
    plugins: {
      preinstall_disabled: "true",
      plugin_admin_enabled: "false",
      public_key_retrieval_disabled: "true",
      disable_plugins: expect.not.stringMatching(/(^|,)(prometheus|jaeger|elasticsearch|alertmanager)(,|$)/),
    },
    metrics: { enabled: "true" },
    log: { mode: "console", level: "info" },
    "log.console": { format: "json" },
  });
});

/** Sections and keys of an ini file. */
function settings(text: string): Record<string, Record<string, string>> {
  const sections = text.split(/^\[/m).slice(1);
  return Object.fromEntries(
    sections.map((section) => {
      const [name = "", ...lines] = section.trim().split("\n");
      return [name.replace("]", ""), Object.fromEntries(lines.map((line) => line.split(" = ")))];
    }),
  );
}

test.each([
  ["https://grafana.example.com", "true"],
  ["http://grafana.example.com", "false"],
])("behind %s, cookies are for encrypted connections only: %s", (url, encrypted) => {
  const { server, security } = settings(
    configurationFiles({ sources, objectives, url })["grafana.ini"] ?? "",
  );
  expect(server).toEqual({ enable_gzip: "false", root_url: url });
  expect(security).toMatchObject({ cookie_secure: encrypted, strict_transport_security: encrypted });
});

test("the data sources", () => {
  const common = { orgId: 1, access: "proxy", editable: false };
  const login = (entry: string) => `$__file{/run/secrets/elasticsearch/${entry}}`;
  expect(json("provisioning/datasources/platform.yaml")).toEqual({
    apiVersion: 1,
    prune: true,
    datasources: [
      {
        ...common,
        name: "Prometheus",
        type: "prometheus",
        uid: "prometheus",
        url: "http://prometheus.test:9090",
        isDefault: true,
        jsonData: {
          httpMethod: "POST",
          prometheusType: "Prometheus",
          timeInterval: "15s",
          alertmanagerUid: "alertmanager",
        },
      },
      {
        ...common,
        name: "Alertmanager",
        type: "alertmanager",
        uid: "alertmanager",
        url: "http://alertmanager.test:9093",
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
      },
      {
        ...common,
        name: "Jaeger",
        type: "jaeger",
        uid: "jaeger",
        url: "http://jaeger.test:16686",
        jsonData: {
          nodeGraph: { enabled: true },
          tracesToLogsV2: {
            datasourceUid: "elasticsearch",
            customQuery: true,
            query: 'trace.id:"$${__trace.traceId}"',
            spanStartTimeShift: "-5m",
            spanEndTimeShift: "5m",
          },
        },
      },
      {
        ...common,
        name: "Elasticsearch",
        type: "elasticsearch",
        uid: "elasticsearch",
        url: login("url"),
        basicAuth: true,
        basicAuthUser: login("username"),
        jsonData: {
          index: "logs-iot_verification-*",
          timeField: "@timestamp",
          logMessageField: "message",
          logLevelField: "log.level",
          tlsAuthWithCACert: true,
          dataLinks: [
            {
              field: "trace.id",
              url: "$${__value.raw}",
              urlDisplayLabel: "Trace",
              datasourceUid: "jaeger",
            },
          ],
        },
        secureJsonData: { basicAuthPassword: login("password"), tlsCACert: login("ca.crt") },
      },
    ],
  });
});

test("where dashboards are read from", () => {
  expect(json("provisioning/dashboards/platform.yaml")).toEqual({
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
        options: { path: "/etc/iot-verification/grafana/dashboards" },
      },
    ],
  });
});

/** Runs the script before Grafana with a `grafana` that notes its arguments and what it is told. */
function prepare({ database }: { readonly database: string | undefined }) {
  const folder = mkdtempSync(join(tmpdir(), "grafana-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const noted = join(folder, "noted");
  writeFileSync(join(folder, "grafana"), `#!/bin/sh\n{ echo "$@"; cat; } >${noted}\n`);
  chmodSync(join(folder, "grafana"), 0o755);
  writeFileSync(join(folder, "prepare.sh"), files["prepare.sh"] ?? "");
  writeFileSync(join(folder, "password"), "the password");
  if (database !== undefined) writeFileSync(join(folder, "grafana.db"), database);
  const { status } = spawnSync(
    "sh",
    [join(folder, "prepare.sh"), "/the/settings.ini", join(folder, "password")],
    { env: { PATH: `${folder}:${process.env.PATH}`, GF_PATHS_DATA: folder } },
  );
  return { status, noted: () => readFileSync(noted, "utf8") };
}

test("a database that is there gets the password, which is in no argument", () => {
  const { status, noted } = prepare({ database: "SQLite format 3" });
  expect(status).toBe(0);
  expect(noted()).toBe(
    "cli --homepath /usr/share/grafana --config /the/settings.ini admin reset-admin-password --password-from-stdin\nthe password",
  );
});

test.each([{ database: undefined }, { database: "" }])(
  "database $database: left to Grafana itself",
  (state) => {
    const { status, noted } = prepare(state);
    expect(status).toBe(0);
    expect(noted).toThrow("ENOENT");
  },
);
