import { describe, expect, test } from "vitest";
import { type MetricKey, metricName, metrics } from "../../components/contract/metrics.ts";
import { ruleFiles, ruleGroups } from "../../components/observability/metrics/rules/index.ts";
import { alertCases } from "./alert-cases/index.ts";
import { exampleRules, exampleRunbooks } from "./example-metrics.ts";
import { servedMetrics } from "./served-metrics.ts";

const alerts = exampleRules.flatMap(({ alerts }) => alerts);
const recordings = exampleRules.flatMap(({ recordings = [] }) => recordings);
const names = alerts.map(({ alert }) => alert);

test("names of groups and alerts are their own", () => {
  const groups = exampleRules.map(({ name }) => name);
  expect(new Set(groups).size).toBe(groups.length);
  expect(new Set(names).size).toBe(names.length);
});

test("every alert has cases in which it fires, and others in which it does not", () => {
  expect(Object.keys(alertCases).sort()).toEqual([...names].sort());
  expect(names.filter((name) => alertCases[name]?.fires.length === 0)).toEqual([]);
  expect(names.filter((name) => alertCases[name]?.silent.length === 0)).toEqual(["Watchdog"]);
});

test("what an alert says names only labels that its series have", () => {
  for (const { alert, summary, description } of alerts) {
    const used = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(
      ([, label]) => label ?? "",
    );
    for (const { labels } of alertCases[alert]?.fires ?? []) {
      for (const own of labels) {
        expect([alert, ...used.filter((label) => !optional.has(label) && !(label in own))]).toEqual([alert]);
      }
    }
  }
});

/** Every scraped or probed target has these, which the cases leave out. */
const optional = new Set(["pod", "workload", "namespace", "instance", "job"]);

test("every alert is complete, and links to its page", () => {
  for (const [file, content] of Object.entries(ruleFiles(exampleRules, exampleRunbooks))) {
    expect(file).toMatch(/^rules-[a-z]+\.yml$/);
    const { groups } = JSON.parse(content) as { groups: { rules: Record<string, unknown>[] }[] };
    for (const { alert, labels, annotations } of groups[0]?.rules.filter((rule) => "alert" in rule) ?? []) {
      expect(labels).toEqual({ severity: expect.stringMatching(/^(critical|warning|info)$/) });
      expect(annotations).toEqual({
        summary: expect.stringMatching(/^.{10,100}$/),
        description: expect.stringMatching(/^.{20,300}\.$/),
        runbook_url: `${exampleRunbooks}/${String(alert)}.md`,
      });
    }
  }
});

describe("the metrics of rules", () => {
  const used = new Set(
    [...alerts.map(({ when }) => when), ...recordings.map((own) => own.expression)].flatMap(metricsIn),
  );

  test("are served by somebody, and none that is listed is unused", () => {
    const own = (Object.keys(metrics) as MetricKey[]).map(metricName) as string[];
    const known = Object.values(servedMetrics).flat() as string[];
    const base = (metric: string) => metric.replace(/_(bucket|count)$/, "");
    const recorded = recordings.map(({ record }) => record);
    const foreign = [...used].filter(
      (metric) => !own.includes(metric) && !own.includes(base(metric)) && !recorded.includes(metric),
    );
    expect(foreign.sort()).toEqual([...known].sort());
  });

  test("recorded series are used", () => {
    const unread = recordings.map(({ record }) => record).filter((record) => !used.has(record));
    expect(unread).toEqual([]);
  });
});

/** Names of metrics in a PromQL expression: what is neither a label, a function, a number nor a keyword. */
function metricsIn(expression: string): string[] {
  const byName = [...expression.matchAll(/__name__=~"(.+?)\(_total\)\?"/g)].map(([, name]) => name ?? "");
  const bare = expression
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, "")
    .replace(/\b(by|on|ignoring) \([^)]*\)/g, "");
  const words = [...bare.matchAll(/\b([a-z_][\w:]*)\b(?!\s*\()/g)].map(([, word]) => word ?? "");
  return [...byName, ...words.filter((word) => !keywords.has(word))];
}

const keywords = new Set(["or", "and", "unless", "sum", "max", "min"]);

describe("what follows from the arguments", () => {
  const args = {
    evaluationSeconds: 30,
    objectives: {
      availability: 0.99,
      latency: { share: 0.95, seconds: 0.25 },
      verdicts: 0.95,
      timeToVerdict: { share: 0.95, seconds: 60 },
    },
    backlogSeconds: 120,
    queueLimit: 50,
    scraped: ["one", "two"],
    probed: [],
  };
  const groups = ruleGroups(args);
  const expressionOf = (name: string) =>
    groups.flatMap(({ alerts }) => alerts).find(({ alert }) => alert === name)?.when ?? "";

  test("bounds of alerts", () => {
    expect(expressionOf("GatewayErrorBudgetBurn")).toBe(
      '(slo:error_ratio:rate1h{slo="gateway-availability"} > 0.144 and slo:error_ratio:rate5m{slo="gateway-availability"} > 0.144 ' +
        'and slo:bad_events:increase1h{slo="gateway-availability"} >= 10) or ' +
        '(slo:error_ratio:rate6h{slo="gateway-availability"} > 0.06 and slo:error_ratio:rate30m{slo="gateway-availability"} > 0.06 ' +
        'and slo:bad_events:increase6h{slo="gateway-availability"} >= 10)',
    );
    expect(expressionOf("VerificationBacklogOld")).toMatch(/ > 120$/);
    expect(expressionOf("VerificationQueueFilling")).toMatch(/ > 40$/);
    expect(expressionOf("TargetMissing")).toBe(
      'absent(up{job!="probes",workload="one"}) or absent(up{job!="probes",workload="two"})',
    );
  });

  test("bad events are counted at every evaluation", () => {
    const counted = groups
      .flatMap(({ recordings = [] }) => recordings)
      .filter(({ record }) => /increase/.test(record));
    expect(counted.map(({ expression }) => expression)).toEqual(
      ["1h", "6h", "1d", "3d"].map((window) => `sum_over_time(slo:bad_events:rate5m[${window}]) * 30`),
    );
  });

  test("a platform that makes no backups, or has no such system, has no alerts about them", () => {
    expect(groups.map(({ name }) => name)).not.toContain("backup");
    expect(groups.find(({ name }) => name === "probes")?.alerts).toEqual([]);
  });
});
