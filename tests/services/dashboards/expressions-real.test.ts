import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../../local/toolchain/process.ts";
import { builtDashboards, expressionsOf } from "../../unit/dashboards-built.ts";
import { ensureProgram } from "../programs.ts";

let folder: string;
let promtool: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dashboards-"));
  ({ promtool } = await ensureProgram("prometheus"));
}, 1_800_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What Grafana puts in for its variables before it asks. */
const values: Readonly<Record<string, string>> = {
  $__rate_interval: "5m",
  $__range: "1h",
  "${standard:pipe}": "tsn|opcua",
  $standard: "(tsn|opcua)",
};

function asAsked(expr: string): string {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), expr);
}

const expressions = builtDashboards().flatMap(expressionsOf);

/** The first query of a panel, as it is asked. */
function expressionOf(panel: string): string {
  const found = expressions.find((one) => one.panel === panel);
  if (!found) throw new Error(`There is no panel ${panel}`);
  return asAsked(found.expr);
}

async function writeJson(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

/** Whether Prometheus can read rules with these expressions, and what it says. */
async function checked(all: readonly { readonly panel: string; readonly expr: string }[]) {
  const rules = all.map(({ expr, panel }, index) => ({
    record: `panel:${index}`,
    expr: asAsked(expr),
    labels: { panel },
  }));
  const file = await writeJson("rules.json", { groups: [{ name: "dashboards", rules }] });
  return run(promtool, ["check", "rules", "--lint=none", file]);
}

test("Prometheus parses every expression on every dashboard", async () => {
  expect(expressions.length).toBeGreaterThan(80);
  expect(expressions.filter(({ expr }) => /\$/.test(asAsked(expr)))).toEqual([]);
  const { ok, lines } = await checked(expressions);
  expect(lines.join("\n")).toContain(`SUCCESS: ${expressions.length} rules found`);
  expect(ok).toBe(true);
});

test("an expression that it cannot parse is found", async () => {
  const [first, ...others] = expressions;
  const { ok, lines } = await checked([{ panel: "broken", expr: `${first?.expr})` }, ...others]);
  expect(ok).toBe(false);
  expect(lines.join("\n")).toMatch(/panel:0.*could not parse expression/s);
});

/** Series with a constant value, or with one that grows by so much each minute. */
const at = (series: string, value: number) => ({ series, values: `${value}x120` });
const growing = (series: string, each: number) => ({ series, values: `0+${each}x120` });

interface Question {
  readonly panel: string;
  readonly series: readonly { readonly series: string; readonly values: string }[];
  readonly answer: readonly { readonly labels: string; readonly value: number }[];
}

const questions: readonly Question[] = [
  {
    panel: "Overview: Answered",
    series: [
      at('slo:events:rate5m{slo="gateway-availability",workload="api-gateway"}', 10),
      at('slo:bad_events:rate5m{slo="gateway-availability",workload="api-gateway"}', 1),
    ],
    answer: [{ labels: "{}", value: 0.9 }],
  },
  {
    panel: "Overview: Error budget left",
    series: [
      at('slo:events:rate5m{slo="gateway-availability"}', 1000),
      at('slo:bad_events:rate5m{slo="gateway-availability"}', 0.5),
    ],
    answer: [{ labels: "{}", value: 0.5 }],
  },
  {
    panel: "Overview: Alerts firing",
    series: [at('ALERTS{alertstate="firing",alertname="Watchdog"}', 1)],
    answer: [{ labels: "{}", value: 0 }],
  },
  {
    panel: "Overview: Which alerts",
    series: [
      at('ALERTS{alertstate="firing",alertname="Watchdog"}', 1),
      at(
        'ALERTS{alertstate="pending",alertname="DatabaseDown",severity="critical",workload="postgresql"}',
        1,
      ),
      at('ALERTS{alertstate="firing",alertname="CacheDown",severity="warning",workload="redis"}', 1),
    ],
    answer: [{ labels: '{alertname="CacheDown",severity="warning",workload="redis"}', value: 1 }],
  },
  {
    panel: "Standards: Waiting",
    series: ["a", "b"].map((pod) =>
      at(`iot_verification_verification_queue_depth{standard="tsn",pod="${pod}"}`, 7),
    ),
    answer: [{ labels: "{}", value: 7 }],
  },
  {
    panel: "Standards: Unknown",
    series: [
      growing('iot_verification_verifications_finished_total{standard="tsn",verdict="proved"}', 3),
      growing('iot_verification_verifications_finished_total{standard="tsn",verdict="unknown"}', 1),
      growing('iot_verification_verifications_finished_total{standard="wot",verdict="unknown"}', 9),
    ],
    answer: [{ labels: "{}", value: 0.25 }],
  },
  {
    panel: "Gateway: Server errors",
    series: [
      growing(
        'iot_verification_http_requests_total{component="gateway",method="GET",route="/v1/standards",status_class="2xx"}',
        9,
      ),
      growing(
        'iot_verification_http_requests_total{component="gateway",method="GET",route="/v1/standards",status_class="5xx"}',
        1,
      ),
      growing(
        'iot_verification_http_requests_total{component="gateway",method="GET",route="/health",status_class="5xx"}',
        1,
      ),
    ],
    answer: [{ labels: '{method="GET",route="/v1/standards"}', value: 0.1 }],
  },
  {
    panel: "PostgreSQL: Dead rows",
    series: [
      at('pg_stat_user_tables_n_dead_tup{relname="job",schemaname="pgboss"}', 500),
      at('pg_stat_user_tables_n_live_tup{relname="job",schemaname="pgboss"}', 1500),
      at('pg_stat_user_tables_n_dead_tup{relname="small",schemaname="public"}', 5),
      at('pg_stat_user_tables_n_live_tup{relname="small",schemaname="public"}', 5),
    ],
    answer: [{ labels: '{relname="job",schemaname="pgboss"}', value: 0.25 }],
  },
  {
    panel: "Redis: Time of a command",
    series: [
      growing('redis_commands_duration_seconds_total{cmd="get"}', 2),
      growing('redis_commands_total{cmd="get"}', 400),
    ],
    answer: [{ labels: '{cmd="get"}', value: 0.005 }],
  },
  {
    panel: "Capacity: Memory in use",
    series: [
      at('container_memory_working_set_bytes{namespace="n",pod="p",container="c"}', 75),
      at('container_memory_working_set_bytes{namespace="n",pod="p",container=""}', 99),
      at(
        'kube_pod_container_resource_limits{namespace="n",pod="p",container="c",resource="memory",node="x"}',
        100,
      ),
      at(
        'kube_pod_container_resource_limits{namespace="n",pod="p",container="c",resource="cpu",node="x"}',
        1,
      ),
    ],
    answer: [{ labels: '{namespace="n",pod="p",container="c"}', value: 0.75 }],
  },
  {
    panel: "Capacity: Not ready",
    series: [
      at('kube_pod_status_ready{namespace="n",pod="starting",condition="false"}', 1),
      at('kube_pod_status_phase{namespace="n",pod="starting",phase="Pending"}', 1),
      at('kube_pod_status_phase{namespace="n",pod="starting",phase="Running"}', 0),
      at('kube_pod_status_ready{namespace="n",pod="finished",condition="false"}', 1),
      at('kube_pod_status_phase{namespace="n",pod="finished",phase="Succeeded"}', 1),
      at('kube_pod_status_ready{namespace="n",pod="serving",condition="false"}', 0),
      at('kube_pod_status_phase{namespace="n",pod="serving",phase="Running"}', 1),
    ],
    answer: [{ labels: '{pod="starting"}', value: 1 }],
  },
  {
    panel: "Capacity: Quota",
    series: [
      at('kube_resourcequota{namespace="n",resourcequota="q",resource="limits.cpu",type="used"}', 3),
      at('kube_resourcequota{namespace="n",resourcequota="q",resource="limits.cpu",type="hard"}', 4),
      at('kube_resourcequota{namespace="n",resourcequota="q",resource="services.nodeports",type="used"}', 0),
      at('kube_resourcequota{namespace="n",resourcequota="q",resource="services.nodeports",type="hard"}', 0),
    ],
    answer: [{ labels: '{namespace="n",resource="limits.cpu"}', value: 0.75 }],
  },
  {
    panel: "Traces: Queue",
    series: [
      at('otelcol_exporter_queue_size{workload="jaeger"}', 5000),
      at('otelcol_exporter_queue_capacity{workload="jaeger"}', 20_000),
    ],
    answer: [{ labels: "{}", value: 0.25 }],
  },
];

test.each(questions)("$panel: the right answer", async ({ panel, series, answer }) => {
  const file = await writeJson("tests.json", {
    evaluation_interval: "1m",
    fuzzy_compare: true,
    tests: [
      {
        interval: "1m",
        input_series: series,
        promql_expr_test: [{ expr: expressionOf(panel), eval_time: "90m", exp_samples: answer }],
      },
    ],
  });
  const { lines } = await run(promtool, ["test", "rules", file]);
  expect(lines.join("\n")).toContain("SUCCESS");
});
