import { toDashboard, uids } from "../links.ts";
import { ratePerSecond } from "../promql.ts";
import type { DashboardSpec } from "../spec.ts";
import { upWords } from "../words.ts";

/** Whether what watches the platform is well itself. */
export const telemetry: DashboardSpec = {
  uid: uids.telemetry,
  title: "Telemetry",
  description: "Prometheus, Alertmanager and Elasticsearch: what they take in, what fails, what they hold.",
  rows: [
    {
      title: "Prometheus",
      panels: [
        {
          kind: "states",
          title: "Targets",
          description: "Whether each target can be scraped.",
          unit: "none",
          width: 12,
          height: 12,
          words: upWords,
          queries: [
            { expr: 'max by (job, workload, pod) (up{workload!=""})', legend: "{{workload}} {{pod}}" },
          ],
        },
        {
          kind: "timeseries",
          title: "Time of a scrape",
          description:
            "How long scrapes took, of the ten slowest targets. They are given up after ten seconds.",
          unit: "s",
          width: 12,
          height: 6,
          min: 0,
          thresholds: [{ from: 5, colour: "orange" }],
          queries: [
            {
              expr: "topk(10, max by (workload, pod) (scrape_duration_seconds))",
              legend: "{{workload}} {{pod}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Series",
          description: "Series that are being written. Memory follows from their number.",
          unit: "short",
          width: 6,
          height: 6,
          min: 0,
          queries: [{ expr: "max(prometheus_tsdb_head_series)", legend: "series" }],
        },
        {
          kind: "timeseries",
          title: "Kept",
          description: "Bytes of finished blocks. The oldest go when they are too old, or too many.",
          unit: "bytes",
          width: 6,
          height: 6,
          min: 0,
          queries: [{ expr: "max(prometheus_tsdb_storage_blocks_bytes)", legend: "blocks" }],
        },
        {
          kind: "timeseries",
          title: "Rules that failed",
          description: "Evaluations of rules that failed. An alert whose rule fails never fires.",
          unit: "none",
          min: 0,
          thresholds: [{ from: 1, colour: "red" }],
          queries: [
            {
              expr: "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[$__rate_interval]))",
              legend: "{{rule_group}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Alerts on their way",
          description: "Alerts each second that Prometheus sent, or could not.",
          unit: "ops",
          min: 0,
          queries: [
            { expr: ratePerSecond({ metric: "prometheus_notifications_sent_total" }), legend: "sent" },
            { expr: ratePerSecond({ metric: "prometheus_notifications_dropped_total" }), legend: "dropped" },
          ],
        },
        {
          kind: "timeseries",
          title: "Notifications",
          description: "Notifications a minute that Alertmanager sent to people, and those that failed.",
          unit: "cpm",
          min: 0,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: "alertmanager_notifications_total", by: ["integration"] })}`,
              legend: "{{integration}}",
            },
            {
              expr: `60 * ${ratePerSecond({ metric: "alertmanager_notifications_failed_total", by: ["integration"] })}`,
              legend: "{{integration}} failed",
            },
          ],
        },
      ],
    },
    {
      title: "Elasticsearch",
      panels: [
        {
          kind: "states",
          title: "Health",
          description:
            "Green: every shard and copy is there. Yellow: copies are missing. Red: data is missing.",
          unit: "none",
          words: { 0: { text: "", colour: "blue" }, 1: { text: "now", colour: "green" } },
          queries: [{ expr: "max by (color) (elasticsearch_cluster_health_status)", legend: "{{color}}" }],
        },
        {
          kind: "timeseries",
          title: "Disk",
          description:
            "Share of the disk that is taken. At 85 % it takes no new shards, at 95 % it refuses to write.",
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: [
            { from: 0.85, colour: "orange" },
            { from: 0.95, colour: "red" },
          ],
          queries: [
            {
              expr: "1 - min by (name) (elasticsearch_filesystem_data_available_bytes / elasticsearch_filesystem_data_size_bytes)",
              legend: "{{name}}",
            },
          ],
          links: [toDashboard("Capacity", "capacity")],
        },
        {
          kind: "timeseries",
          title: "Heap",
          description: "Share of the heap that is taken. Steadily above three quarters, it needs more.",
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: [{ from: 0.85, colour: "red" }],
          queries: [
            {
              expr: 'max by (name) (elasticsearch_jvm_memory_used_bytes{area="heap"} / elasticsearch_jvm_memory_max_bytes{area="heap"})',
              legend: "{{name}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Documents indexed",
          description: "Log lines and spans each second that were indexed.",
          unit: "ops",
          min: 0,
          queries: [
            {
              expr: ratePerSecond({ metric: "elasticsearch_indices_indexing_index_total", by: ["name"] }),
              legend: "{{name}}",
            },
          ],
          links: [toDashboard("Logs", "logs")],
        },
        {
          kind: "timeseries",
          title: "Time of a search",
          description: "Mean time of a search in one shard.",
          unit: "s",
          min: 0,
          queries: [
            {
              expr: `${ratePerSecond({ metric: "elasticsearch_indices_search_query_time_seconds" })} / ${ratePerSecond({ metric: "elasticsearch_indices_search_query_total" })}`,
              legend: "a search",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Kept",
          description: "What the indices take.",
          unit: "bytes",
          min: 0,
          queries: [{ expr: "sum(elasticsearch_indices_store_size_bytes)", legend: "indices" }],
        },
      ],
    },
  ],
};
