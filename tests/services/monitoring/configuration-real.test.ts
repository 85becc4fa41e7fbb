import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  alertmanagerConfiguration,
  type Receivers,
} from "../../../components/observability/metrics/alertmanager-configuration.ts";
import { probesConfiguration } from "../../../components/observability/metrics/probes.ts";
import { prometheusConfiguration } from "../../../components/observability/metrics/prometheus-configuration.ts";
import { ruleFiles } from "../../../components/observability/metrics/rules/index.ts";
import { terminalReport } from "../../../local/report.ts";
import { ensureTools } from "../../../local/toolchain/index.ts";
import { exampleConfiguration, exampleRules, exampleRunbooks } from "../../unit/example-metrics.ts";
import { judge } from "./promtool.ts";

const directory = mkdtempSync(join(tmpdir(), "iot-verification-configuration-"));
let tools: Record<"promtool" | "amtool" | "blackbox_exporter", { readonly path: string }>;
beforeAll(async () => {
  tools = await ensureTools(["promtool", "amtool", "blackbox_exporter"], terminalReport());
}, 1_800_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Writes a configuration whose absolute paths are below the test's folder. */
function write(name: string, content: string): void {
  writeFileSync(join(directory, name), content.replaceAll(/"(\/(etc|run|var)\/)/g, `"${directory}$1`));
}

test("Prometheus takes its configuration and its rules", async () => {
  for (const folder of [
    "run/secrets/metrics",
    "var/run/secrets/kubernetes.io/serviceaccount",
    "etc/prometheus",
  ]) {
    mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, folder, "token"), "token");
  }
  write("prometheus.yml", prometheusConfiguration(exampleConfiguration));
  for (const [name, content] of Object.entries(ruleFiles(exampleRules, exampleRunbooks))) {
    writeFileSync(join(directory, "etc/prometheus", name), content);
  }
  const { ok, output } = await judge(
    tools.promtool.path,
    ["check", "config", "--lint-fatal", "prometheus.yml"],
    directory,
  );
  expect(ok, output).toBe(true);
  expect(output).toContain(`SUCCESS: ${exampleRules.length} rule files found`);
});

const everybody: Receivers = {
  webhook: true,
  pagerduty: true,
  watchdog: true,
  slack: { channel: "#alerts" },
  email: { to: ["a@test", "b@test"], from: "f@test", smarthost: "mail.test:587", username: "u" },
};

test.each<[string, Receivers, number]>([
  ["nobody", { webhook: false, pagerduty: false, watchdog: false }, 1],
  ["everybody", everybody, 4],
])("Alertmanager takes a configuration that tells %s", async (_, receivers, count) => {
  writeFileSync(join(directory, "alertmanager.yml"), alertmanagerConfiguration(receivers));
  const { ok, output } = await judge(tools.amtool.path, ["check-config", "alertmanager.yml"], directory);
  expect(ok, output).toBe(true);
  expect(output).toContain(`${count} receivers`);
});

test.each([
  [["tsn"], "critical: VerificationsStalled api-gateway tsn"],
  [["tsn", "wot"], "critical: VerificationsStalled api-gateway"],
])(
  "PagerDuty is told of a group in which %s stand still by a title that is never empty",
  async (firing, title) => {
    const { receivers } = JSON.parse(alertmanagerConfiguration(everybody)) as {
      receivers: { pagerduty_configs?: { description: string }[] }[];
    };
    const common = { alertname: "VerificationsStalled", severity: "critical", workload: "api-gateway" };
    const alerts = firing.map((standard) => ({
      status: "firing",
      labels: { ...common, standard },
      annotations: { summary: `Nobody works on ${standard}` },
    }));
    const shared = alerts.length === 1 ? alerts[0] : { labels: common, annotations: {} };
    const data = {
      status: "firing",
      alerts,
      commonLabels: shared?.labels,
      commonAnnotations: shared?.annotations,
    };
    writeFileSync(join(directory, "data.json"), JSON.stringify(data));
    writeFileSync(join(directory, "none.tmpl"), "");
    const text = receivers.flatMap(({ pagerduty_configs = [] }) => pagerduty_configs)[0]?.description ?? "";
    const { output } = await judge(
      tools.amtool.path,
      [
        "template",
        "render",
        "--template.glob=none.tmpl",
        "--template.data=data.json",
        `--template.text=${text}`,
      ],
      directory,
    );
    expect(output.trim()).toBe(title);
  },
);

test("the blackbox exporter takes its configuration", async () => {
  writeFileSync(join(directory, "blackbox.yml"), probesConfiguration());
  const argv = ["--config.file=blackbox.yml", "--config.check"];
  const { ok, output } = await judge(tools.blackbox_exporter.path, argv, directory);
  expect(ok, output).toBe(true);
});
