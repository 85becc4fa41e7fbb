import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ruleFiles } from "../../../components/observability/metrics/rules/index.ts";
import { terminalReport } from "../../../local/report.ts";
import { ensureTools } from "../../../local/toolchain/index.ts";
import { alertCases } from "../../unit/alert-cases/index.ts";
import { exampleRules, exampleRunbooks } from "../../unit/example-metrics.ts";
import { judge, unitTests } from "./promtool.ts";

const directory = mkdtempSync(join(tmpdir(), "iot-verification-rules-"));
const files = ruleFiles(exampleRules, exampleRunbooks);
let promtool: string;
beforeAll(async () => {
  promtool = (await ensureTools(["promtool"], terminalReport())).promtool.path;
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
}, 1_800_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("every rule file is one of Prometheus", async () => {
  const { ok, output } = await judge(
    promtool,
    ["check", "rules", "--lint-fatal", ...Object.keys(files)],
    directory,
  );
  expect(output).not.toContain("duplicate");
  expect(ok, output).toBe(true);
});

describe.each(exampleRules)("group $name", ({ name, alerts }) => {
  test.each(alerts)("$alert fires when it must, no earlier, and not at what comes near", async (alert) => {
    const cases = alertCases[alert.alert];
    if (!cases) throw new Error(`there are no cases of ${alert.alert}`);
    const file = `${alert.alert}.test.yml`;
    writeFileSync(join(directory, file), unitTests(alert, cases, `rules-${name}.yml`));
    const { ok, output } = await judge(promtool, ["test", "rules", file], directory);
    expect(ok, output).toBe(true);
  });
});
