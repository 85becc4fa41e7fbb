import { metricName } from "../../../contract/metrics.ts";
import type { Objectives } from "../../metrics/rules/rule.ts";
import { labelOfSeries, toDashboard, uids } from "../links.ts";
import { agreed, quantile, ratePerSecond, total } from "../promql.ts";
import type { DashboardSpec } from "../spec.ts";
import { upWords } from "../words.ts";
import { cpuPanel, memoryPanel, volumesPanel } from "./capacity.ts";
import { objectivesRow } from "./objectives.ts";
import { upPanel } from "./parts.ts";

const requests = metricName("http_requests_total");
const gateway = 'component="gateway"';
const firing = 'ALERTS{alertstate="firing",alertname!="Watchdog"}';

/** Whether users get what they were promised, and where to look when not. */
export function overview(objectives: Objectives): DashboardSpec {
  return {
    uid: uids.overview,
    title: "Overview",
    description:
      "Whether the platform keeps its objectives, what it is working on, and which system is not well.",
    rows: [
      objectivesRow(objectives),
      {
        title: "Traffic",
        panels: [
          {
            kind: "timeseries",
            title: "Requests by status",
            description: "Requests that the gateway answered each second, by class of status.",
            unit: "reqps",
            stacked: true,
            min: 0,
            queries: [
              {
                expr: ratePerSecond({ metric: requests, where: gateway, by: ["status_class"] }),
                legend: "{{status_class}}",
              },
            ],
            links: [toDashboard("Gateway", "gateway")],
          },
          {
            kind: "timeseries",
            title: "Time to answer",
            description: "How long requests to the gateway took. Event streams are left out.",
            unit: "s",
            min: 0,
            thresholds: [{ from: objectives.latency.seconds, colour: "orange" }],
            queries: [0.5, 0.95, 0.99].map((share) => ({
              expr: quantile(share, { metric: metricName("http_request_duration_seconds"), where: gateway }),
              legend: `${share * 100} % took at most`,
            })),
            links: [toDashboard("Gateway", "gateway")],
          },
          {
            kind: "timeseries",
            title: "Submissions",
            description:
              "Submissions each minute: queued, answered with an existing verification, or refused.",
            unit: "cpm",
            min: 0,
            stacked: true,
            queries: [
              {
                expr: `60 * ${ratePerSecond({ metric: metricName("verifications_submitted_total"), by: ["outcome"] })}`,
                legend: "{{outcome}}",
              },
            ],
            links: [toDashboard("Standards", "standard")],
          },
        ],
      },
      {
        title: "Work",
        panels: [
          {
            kind: "timeseries",
            title: "Waiting",
            description: "Verifications that wait for a worker, by standard.",
            unit: "none",
            min: 0,
            stacked: true,
            queries: [
              {
                expr: agreed({ metric: metricName("verification_queue_depth"), by: ["standard"] }),
                legend: "{{standard}}",
              },
            ],
            links: [toDashboard("This standard", "standard", { standard: labelOfSeries("standard") })],
          },
          {
            kind: "timeseries",
            title: "Longest wait",
            description: "How long the oldest waiting verification has waited, by standard.",
            unit: "s",
            min: 0,
            queries: [
              {
                expr: agreed({ metric: metricName("verification_queue_oldest_seconds"), by: ["standard"] }),
                legend: "{{standard}}",
              },
            ],
            links: [toDashboard("This standard", "standard", { standard: labelOfSeries("standard") })],
          },
          {
            kind: "timeseries",
            title: "Running",
            description: "Verifications that run now, by standard.",
            unit: "none",
            min: 0,
            stacked: true,
            queries: [
              {
                expr: total({ metric: metricName("verifications_running"), by: ["standard"] }),
                legend: "{{standard}}",
              },
            ],
            links: [toDashboard("This standard", "standard", { standard: labelOfSeries("standard") })],
          },
        ],
      },
      {
        title: "Systems",
        panels: [
          {
            kind: "stat",
            title: "Alerts firing",
            description: "Alerts that fire now; the watchdog, which always does, is not counted.",
            unit: "none",
            width: 4,
            thresholds: [{ from: 1, colour: "red" }],
            queries: [{ expr: `count(${firing}) or vector(0)`, legend: "firing" }],
          },
          {
            kind: "stat",
            title: "Targets down",
            description: "What Prometheus cannot scrape now.",
            unit: "none",
            width: 4,
            thresholds: [{ from: 1, colour: "red" }],
            queries: [{ expr: "count(up == 0) or vector(0)", legend: "down" }],
            links: [toDashboard("Telemetry", "telemetry")],
          },
          upPanel({
            title: "Database",
            description: "Whether PostgreSQL answers its exporter.",
            width: 4,
            expr: "min(pg_up)",
            legend: "PostgreSQL",
            links: [toDashboard("PostgreSQL", "postgresql")],
          }),
          upPanel({
            title: "Cache",
            description: "Whether every service reaches Redis. Without it the platform works on, slower.",
            width: 4,
            expr: `min(${metricName("cache_up")})`,
            legend: "Redis",
            links: [toDashboard("Redis", "redis")],
          }),
          upPanel({
            title: "Logs and traces",
            description:
              "Whether Elasticsearch has every shard that it needs: green, or yellow where copies are missing.",
            width: 4,
            expr: 'max(elasticsearch_cluster_health_status{color=~"green|yellow"})',
            legend: "Elasticsearch",
            links: [toDashboard("Telemetry", "telemetry")],
          }),
          {
            kind: "stat",
            title: "Restarts",
            description: "How often containers were started again over the time shown.",
            unit: "none",
            width: 4,
            thresholds: [{ from: 1, colour: "orange" }],
            queries: [
              {
                expr: "sum(increase(kube_pod_container_status_restarts_total[$__range]))",
                legend: "restarts",
              },
            ],
            links: [toDashboard("Capacity", "capacity")],
          },
          {
            kind: "states",
            title: "Systems",
            description: "Whether every pod of a system can be scraped. A gap means that it has no pod.",
            unit: "none",
            width: 14,
            height: 14,
            words: upWords,
            queries: [{ expr: 'min by (workload) (up{workload!=""})', legend: "{{workload}}" }],
            links: [toDashboard("Its pods", "capacity")],
          },
          {
            kind: "table",
            title: "Which alerts",
            description: "What fires now. Its runbook, in the alert's annotation, says what to do.",
            unit: "none",
            width: 10,
            height: 14,
            columns: ["severity", "alertname", "workload", "standard"],
            query: {
              expr: `count by (severity, alertname, workload, standard) (${firing})`,
              legend: "{{alertname}}",
            },
          },
        ],
      },
      { title: "Capacity", panels: [cpuPanel, memoryPanel, volumesPanel] },
    ],
  };
}
