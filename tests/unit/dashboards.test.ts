import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { metricName, metricPrefix, metrics } from "../../components/contract/metrics.ts";
import { sloRules } from "../../components/observability/metrics/rules/slo.ts";
import {
  builtDashboards,
  expressionsOf,
  metricsIn,
  objectives,
  panelsOf,
  type Shown,
} from "./dashboards-built.ts";
import { foreignMetrics } from "./dashboards-metrics.ts";

const built = builtDashboards();
const byTitle = built.map((dashboard) => [dashboard.title ?? "", dashboard] as const);

test("the dashboards, each under an address of its own", () => {
  expect(built.map(({ uid, title }) => [uid, title])).toEqual([
    ["iot-overview", "Overview"],
    ["iot-gateway", "Gateway"],
    ["iot-standard", "Standards"],
    ["iot-postgresql", "PostgreSQL"],
    ["iot-redis", "Redis"],
    ["iot-logs", "Logs"],
    ["iot-traces", "Traces"],
    ["iot-capacity", "Capacity"],
    ["iot-telemetry", "Telemetry"],
  ]);
});

test.each(byTitle)(
  "%s: cannot be edited in place, refreshes itself, and leads to the others",
  (_title, dashboard) => {
    expect(dashboard).toMatchObject({
      editable: false,
      tags: ["iot-verification"],
      refresh: "1m",
      schemaVersion: 42,
      description: expect.stringMatching(/\.$/),
      links: [{ type: "dashboards", tags: ["iot-verification"], asDropdown: true, keepTime: true }],
    });
  },
);

test.each(byTitle)("%s: every panel says what it shows, in which unit, from where", (_title, dashboard) => {
  for (const panel of panelsOf(dashboard)) {
    expect(panel.title, "title").toMatch(/^[A-Z]/);
    expect(panel.description, panel.title).toMatch(/^[A-Z].*\.$/s);
    expect(panel.targets?.length, panel.title).toBeGreaterThan(0);
    expect(["prometheus", "elasticsearch", "jaeger"], panel.title).toContain(panel.datasource?.uid);
    for (const { datasource } of panel.targets ?? []) expect(datasource).toEqual(panel.datasource);
    const isText = panel.type === "logs" || panel.datasource?.uid === "jaeger";
    expect(panel.fieldConfig?.defaults?.unit, panel.title).toEqual(
      isText ? undefined : expect.stringMatching(/^[a-zA-Z]+$/),
    );
  }
});

test.each(byTitle)("%s: has no kind of panel or query that Grafana does not have", (_title, dashboard) => {
  const kinds = ["timeseries", "stat", "state-timeline", "table", "heatmap", "logs"];
  for (const { type, title } of panelsOf(dashboard)) expect(kinds, title).toContain(type);
  expect(JSON.stringify(dashboard)).not.toMatch(/"type":"(unknown)?"/);
});

test.each(byTitle)("%s: panels have ids of their own and do not overlap", (_title, dashboard) => {
  const all = dashboard.panels ?? [];
  expect(all.map(({ id }) => id)).toEqual(all.map((_panel, index) => index + 1));
  const cells = all.flatMap(({ gridPos, title }) => cellsOf(gridPos, title ?? ""));
  expect(new Set(cells).size).toBe(cells.length);
});

/** Every cell of the grid that a panel takes. */
function cellsOf(place: Shown["gridPos"], title: string): string[] {
  const { x = -1, y = -1, w = 0, h = 0 } = place ?? {};
  expect(x, title).toBeGreaterThanOrEqual(0);
  expect(x + w, title).toBeLessThanOrEqual(24);
  expect(w * h, title).toBeGreaterThan(0);
  return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
}

test.each(byTitle)("%s: links lead to dashboards and variables that there are", (_title, dashboard) => {
  const variablesOf = new Map(
    built.map(({ uid, templating }) => [uid, (templating?.list ?? []).map(({ name }) => name)]),
  );
  for (const panel of panelsOf(dashboard)) {
    for (const { url } of panel.fieldConfig?.defaults?.links ?? []) {
      const [, uid, query = ""] = /^\/d\/([a-z-]+)\?(.*)$/.exec(url ?? "") ?? [];
      expect(variablesOf.keys(), url).toContain(uid);
      expect(query, url).toMatch(/\$\{__url_time_range\}$/);
      const chosen = [...query.matchAll(/var-([a-z]+)=/g)].map(([, name]) => name);
      expect(variablesOf.get(uid), url).toEqual(expect.arrayContaining(chosen));
    }
  }
});

test.each(byTitle)(
  "%s: every variable that is used is declared, and every declared one is used",
  (_title, dashboard) => {
    const declared = (dashboard.templating?.list ?? []).map(({ name }) => name).sort();
    const text = JSON.stringify(panelsOf(dashboard).map(({ targets, title }) => [targets, title]));
    const used = [...text.matchAll(/\$\{?([a-z]+)\b/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(declared);
  },
);

test("all writers of the log are whoever wrote, and all standards are those that there are", () => {
  const variables = built.flatMap(({ templating }) => templating?.list ?? []) as { allValue?: string }[];
  expect(variables.flatMap(({ allValue }) => allValue ?? [])).toEqual(["*"]);
  expect(built.find(({ uid }) => uid === "iot-logs")?.templating?.list?.[0]).toMatchObject({
    name: "service",
    allValue: "*",
  });
});

test("the documentation lists them", () => {
  const listed = readFileSync(new URL("../../docs/dashboards.md", import.meta.url), "utf8");
  for (const { title } of built) expect(listed).toContain(`| **${title}** |`);
});

test("every metric is one that something serves", () => {
  const own = Object.entries(metrics).flatMap(([key, { type }]) => {
    const name = metricName(key as keyof typeof metrics);
    return type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
  });
  const recorded = sloRules({ objectives, ...ruleArgs }).recordings?.map(({ record }) => record) ?? [];
  const known = new Set<string>([...own, ...recorded, ...Object.values(foreignMetrics).flat()]);
  const asked = built.flatMap(expressionsOf).flatMap(({ expr }) => metricsIn(expr));
  expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
  const foreign = Object.values(foreignMetrics).flat();
  expect(foreign.filter((name) => !asked.includes(name))).toEqual([]);
});

test("a metric of ours is asked only for labels that it has", () => {
  const ofTargets = ["namespace", "pod", "workload", "component", "le"];
  const asked = built.flatMap(expressionsOf).flatMap(({ expr }) => labelsAskedOf(expr));
  expect(asked.length).toBeGreaterThan(60);
  for (const { metric, label } of asked) {
    const key = metric.replace(metricPrefix, "").replace(/_(bucket|sum|count)$/, "");
    const declared = Object.keys(metrics[key as keyof typeof metrics].labels);
    expect([...ofTargets, ...declared], `${metric} by ${label}`).toContain(label);
  }
});

/** Labels in selectors of our metrics, and in groupings of an aggregation right before them. */
function labelsAskedOf(expr: string): { readonly metric: string; readonly label: string }[] {
  const found = expr.matchAll(
    /(?:by \(([^)]*)\) \((?:rate\(|increase\()?)?(iot_verification_[a-z_]+)(?:\{([^}]*)\})?/g,
  );
  return [...found].flatMap(([, grouping = "", metric = "", selector = ""]) => {
    const conditions = [...selector.matchAll(/([a-z_]+)\s*(?:=|!=|=~|!~)\s*"/g)].map(
      ([, label = ""]) => label,
    );
    const labels = [...grouping.split(", ").filter(Boolean), ...conditions];
    return labels.map((label) => ({ metric, label }));
  });
}

const ruleArgs = { evaluationSeconds: 15, backlogSeconds: 600, queueLimit: 1000, scraped: [] };

test("what the overview asks of the objectives is what is recorded", () => {
  const recorded = sloRules({ objectives, ...ruleArgs }).recordings?.flatMap(
    ({ labels }) => labels?.slo ?? [],
  );
  const overview = built.find(({ uid }) => uid === "iot-overview");
  const asked = expressionsOf(overview ?? {}).flatMap(({ expr }) =>
    [...expr.matchAll(/slo="([^"]+)"/g)].map(([, slo]) => slo),
  );
  expect(new Set(asked)).toEqual(new Set(recorded));
});

test("an objective's panel is green from its target on", () => {
  const overview = built.find(({ uid }) => uid === "iot-overview");
  const answered = panelsOf(overview ?? {}).find(({ title }) => title === "Answered");
  expect(answered?.fieldConfig?.defaults?.thresholds?.steps).toEqual([
    { value: null, color: "red" },
    { value: 0.999, color: "green" },
  ]);
  const left = panelsOf(overview ?? {}).find(({ title }) => title === "Error budget left");
  expect(left?.targets?.map(({ expr }) => expr?.split(" / ").at(-1))).toEqual([
    "0.001",
    "0.01",
    "0.05",
    "0.05",
  ]);
});
