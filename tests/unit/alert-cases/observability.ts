import { type AlertCases, byValue, type Cases, type Series } from "./case.ts";

const prometheus = { namespace: "n", workload: "prometheus", pod: "prometheus-0" };
const inPrometheus = 'namespace="n",workload="prometheus",pod="prometheus-0"';
const elastic = { namespace: "n", workload: "elasticsearch-exporter" };
const inElastic = 'namespace="n",workload="elasticsearch-exporter"';
const jaeger = { namespace: "n", workload: "jaeger" };
const inJaeger = 'namespace="n",workload="jaeger"';

/** Cases of an alert that fires when one of several counters of Prometheus rises, and, where given, not when it does so once. */
function anyOf(
  counters: readonly string[],
  { at, rises, once }: { readonly at: number; readonly rises: string; readonly once?: string },
): AlertCases {
  const all = (values: string) =>
    Object.fromEntries(counters.map((counter) => [`${counter}{${inPrometheus}}`, values]));
  return {
    fires: counters.map((counter) => ({
      series: { ...all("1x300"), [`${counter}{${inPrometheus}}`]: rises },
      at,
      labels: [prometheus],
    })),
    silent: ["1x300", ...(once === undefined ? [] : [once])].map((values) => ({
      series: all(values),
      until: 240,
    })),
  };
}

const pods = { namespace: "n", workload: "kube-state-metrics", resource: "*v1.Pod" };
const failures = (call: "list" | "watch") =>
  `kube_state_metrics_${call}_total{namespace="n",workload="kube-state-metrics",resource="*v1.Pod",result="error"}`;

/** Ways in which a span is lost; the series of each differ by their name alone. */
const lost = [
  "otelcol_exporter_send_failed_spans",
  "otelcol_exporter_enqueue_failed_spans_total",
  "jaeger_storage_bulk_index_errors_total",
];
const of = (metric: string) => `${metric}{${inJaeger},exporter="jaeger_storage_exporter"}`;

/** Elasticsearch works and indexes traces; beside it, so many lines of the log. */
function indexed(lines: string): Series {
  const of = (index: string) =>
    `elasticsearch_index_stats_indexing_index_total{${inElastic},index="${index}"}`;
  return {
    [of(".ds-logs-iot_verification-default-2026.11.23-000001")]: lines,
    [of(".ds-logs-elasticsearch.deprecation-default-2026.11.23-000001")]: "0+9x300",
    [of("jaeger-span-000001")]: "0+9x300",
    [`elasticsearch_cluster_health_status{${inElastic},color="green"}`]: "1x300",
    [`elasticsearch_cluster_health_status{${inElastic},color="yellow"}`]: "0x300",
  };
}

/** Scrapes, logs, traces, and what watches them. */
export const observabilityCases: Cases = {
  TargetDown: byValue({
    at: 10,
    labels: { ...prometheus, job: "j", instance: "i" },
    series: { [`up{${inPrometheus},job="j",instance="i"}`]: ["0x300", "1x300", "0x9 1x300"] },
  }),
  TargetMissing: {
    fires: [
      {
        series: {
          'up{job="s",workload="api-gateway"}': "1x2 _x300",
          'up{job="s",workload="prometheus"}': "0x300",
          // What is only asked is not scraped.
          'up{job="probes",workload="api-gateway"}': "1x300",
        },
        at: 17,
        labels: [{ workload: "api-gateway" }],
      },
      {
        series: { 'up{job="s",workload="api-gateway"}': "1x300" },
        at: 10,
        labels: [{ workload: "prometheus" }],
      },
    ],
    silent: [
      {
        series: {
          'up{job="s",workload="api-gateway"}': "1x300",
          'up{job="s",workload="prometheus"}': "0x300",
        },
        until: 240,
      },
    ],
  },
  ScrapeLimitExceeded: anyOf(
    [
      "prometheus_target_scrapes_exceeded_sample_limit_total",
      "prometheus_target_scrapes_exceeded_body_size_limit_total",
      "prometheus_target_scrape_pool_exceeded_label_limits_total",
      "prometheus_target_scrape_pool_exceeded_target_limit_total",
    ],
    { at: 11, rises: "0+1x300", once: "0 1x300" },
  ),
  ScrapeSlow: byValue({
    at: 15,
    labels: { ...prometheus, job: "j", instance: "i" },
    series: { [`scrape_duration_seconds{${inPrometheus},job="j",instance="i"}`]: ["5.1x300", "5x300"] },
  }),
  ElasticsearchRed: byValue({
    at: 5,
    labels: { ...elastic, color: "red" },
    series: {
      [`elasticsearch_cluster_health_status{${inElastic},color="red"}`]: ["1x300", "0x300", "1x4 0x300"],
      [`elasticsearch_cluster_health_status{${inElastic},color="yellow"}`]: ["0x300", "1x300"],
    },
  }),
  ElasticsearchYellow: byValue({
    at: 30,
    labels: { ...elastic, color: "yellow" },
    series: {
      [`elasticsearch_cluster_health_status{${inElastic},color="yellow"}`]: ["1x300", "0x300", "1x29 0x300"],
      [`elasticsearch_cluster_health_status{${inElastic},color="green"}`]: ["0x300", "1x300"],
    },
  }),
  ElasticsearchDiskLow: byValue({
    at: 10,
    labels: { ...elastic, name: "elasticsearch-0" },
    series: {
      [`elasticsearch_filesystem_data_available_bytes{${inElastic},name="elasticsearch-0",mount="m"}`]: [
        "14x300",
        "15x300",
      ],
      [`elasticsearch_filesystem_data_size_bytes{${inElastic},name="elasticsearch-0",mount="m"}`]: [
        "100x300",
      ],
    },
  }),
  ElasticsearchDiskFull: byValue({
    at: 5,
    labels: { ...elastic, name: "elasticsearch-0" },
    series: {
      [`elasticsearch_filesystem_data_available_bytes{${inElastic},name="elasticsearch-0",mount="m"}`]: [
        "6.9x300",
        "7x300",
      ],
      [`elasticsearch_filesystem_data_size_bytes{${inElastic},name="elasticsearch-0",mount="m"}`]: [
        "100x300",
      ],
    },
  }),
  ElasticsearchHeapHigh: byValue({
    at: 15,
    labels: { ...elastic, name: "elasticsearch-0", area: "heap" },
    series: {
      [`elasticsearch_jvm_memory_used_bytes{${inElastic},name="elasticsearch-0",area="heap"}`]: [
        "91x300",
        "90x300",
      ],
      [`elasticsearch_jvm_memory_max_bytes{${inElastic},name="elasticsearch-0",area="heap"}`]: ["100x300"],
    },
  }),
  LogsNotIndexed: {
    // Lines came once; and, before there is an index, no line ever did.
    fires: [
      { series: indexed("70x300"), at: 30, labels: [elastic] },
      { series: indexed("_x300"), at: 30, labels: [elastic] },
    ],
    silent: [{ series: indexed("0+0.1x300"), until: 240 }],
  },
  SpansRefused: byValue({
    at: 11,
    labels: jaeger,
    series: {
      [`otelcol_receiver_refused_spans_total{${inJaeger},receiver="otlp"}`]: ["0+1x300", "4x300"],
      [`otelcol_receiver_accepted_spans_total{${inJaeger},receiver="otlp"}`]: ["0+9x300"],
    },
  }),
  SpansNotStored: {
    fires: lost.map((metric) => ({
      series: { ...Object.fromEntries(lost.map((each) => [of(each), "4x300"])), [of(metric)]: "0+1x300" },
      at: 11,
      labels: [jaeger],
    })),
    silent: [{ series: Object.fromEntries(lost.map((each) => [of(each), "4x300"])), until: 240 }],
  },
  Watchdog: { fires: [{ series: {}, at: 0, labels: [{}] }], silent: [] },
  PrometheusRulesFailing: byValue({
    at: 6,
    labels: { ...prometheus, rule_group: "g" },
    series: {
      [`prometheus_rule_evaluation_failures_total{${inPrometheus},rule_group="g"}`]: [
        "0+1x300",
        "4x300",
        "0 1x300",
      ],
    },
  }),
  PrometheusRulesLate: byValue({
    at: 11,
    labels: { ...prometheus, rule_group: "g" },
    series: {
      [`prometheus_rule_group_iterations_missed_total{${inPrometheus},rule_group="g"}`]: ["0+1x300", "4x300"],
    },
  }),
  PrometheusNotificationsFailing: byValue({
    at: 6,
    labels: prometheus,
    series: {
      [`prometheus_notifications_errors_total{${inPrometheus},alertmanager="a"}`]: ["0+11x300", "0+10x300"],
      [`prometheus_notifications_sent_total{${inPrometheus},alertmanager="a"}`]: ["0+100x300"],
    },
  }),
  PrometheusStorageFailing: anyOf(
    [
      "prometheus_tsdb_compactions_failed_total",
      "prometheus_tsdb_wal_corruptions_total",
      "prometheus_tsdb_reloads_failures_total",
    ],
    { at: 15, rises: "1x9 2x300" },
  ),
  PrometheusHistoryShortened: byValue({
    at: 10,
    labels: prometheus,
    series: { [`prometheus_tsdb_size_retentions_total{${inPrometheus}}`]: ["1x9 2x300", "1x300"] },
  }),
  AlertmanagerNotificationsFailing: byValue({
    at: 6,
    labels: { namespace: "n", workload: "alertmanager", integration: "slack" },
    series: {
      'alertmanager_notifications_failed_total{namespace="n",workload="alertmanager",integration="slack",reason="other"}':
        ["0+6x300", "0+5x300"],
      'alertmanager_notifications_total{namespace="n",workload="alertmanager",integration="slack"}': [
        "0+100x300",
      ],
    },
  }),
  StateMetricsFailing: {
    fires: [
      { series: { [failures("list")]: "0+1x300" }, at: 16, labels: [pods] },
      { series: { [failures("list")]: "0x300", [failures("watch")]: "0+0.5x300" }, at: 26, labels: [pods] },
    ],
    // A watch ends now and then.
    silent: [{ series: { [failures("list")]: "2x300", [failures("watch")]: "0+0.3x300" }, until: 240 }],
  },
};
