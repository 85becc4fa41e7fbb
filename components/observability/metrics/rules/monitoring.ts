import type { RuleGroup } from "./rule.ts";

/** Prometheus, Alertmanager and kube-state-metrics themselves. */
export function monitoringRules(): RuleGroup {
  return {
    name: "monitoring",
    alerts: [
      {
        alert: "Watchdog",
        severity: "info",
        when: "vector(1)",
        summary: "Alerts reach their receivers",
        description:
          "This alert always fires. A receiver that no longer hears it should raise the alarm itself.",
      },
      {
        alert: "PrometheusRulesFailing",
        severity: "critical",
        when: "sum by (namespace, workload, pod, rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
        for: "5m",
        summary: "Rules cannot be evaluated",
        description:
          "{{ $value | humanize }} evaluations of {{ $labels.rule_group }} failed within five minutes: its alerts may be silent.",
      },
      {
        alert: "PrometheusRulesLate",
        severity: "warning",
        when: "sum by (namespace, workload, pod, rule_group) (increase(prometheus_rule_group_iterations_missed_total[10m])) > 0",
        for: "10m",
        summary: "Prometheus is too slow for its rules",
        description:
          "{{ $value | humanize }} evaluations of {{ $labels.rule_group }} were left out within ten minutes.",
      },
      {
        alert: "PrometheusNotificationsFailing",
        severity: "critical",
        when:
          "sum by (namespace, workload, pod) (rate(prometheus_notifications_errors_total[5m])) " +
          "/ sum by (namespace, workload, pod) (rate(prometheus_notifications_sent_total[5m])) > 0.1",
        for: "5m",
        summary: "Alerts do not reach Alertmanager",
        description: "{{ $value | humanizePercentage }} of what {{ $labels.pod }} sends is refused or lost.",
      },
      {
        alert: "PrometheusStorageFailing",
        severity: "warning",
        when: [
          "prometheus_tsdb_compactions_failed_total",
          "prometheus_tsdb_wal_corruptions_total",
          "prometheus_tsdb_reloads_failures_total",
        ]
          .map((counter) => `increase(${counter}[1h]) > 0`)
          .join(" or "),
        for: "5m",
        summary: "Prometheus has trouble with its data",
        description:
          "Compaction, log or blocks of {{ $labels.pod }} failed {{ $value | humanize }} times within an hour.",
      },
      {
        alert: "PrometheusHistoryShortened",
        severity: "info",
        when: "increase(prometheus_tsdb_size_retentions_total[1d]) > 0",
        summary: "Prometheus forgets earlier than configured",
        description:
          "Its volume is too small for the configured time: {{ $value | humanize }} blocks were dropped for their size within a day.",
      },
      {
        alert: "AlertmanagerNotificationsFailing",
        severity: "critical",
        when:
          "sum by (namespace, workload, integration) (rate(alertmanager_notifications_failed_total[15m])) " +
          "/ sum by (namespace, workload, integration) (rate(alertmanager_notifications_total[15m])) > 0.05",
        for: "5m",
        summary: "Nobody hears of alerts by {{ $labels.integration }}",
        description:
          "{{ $value | humanizePercentage }} of the notifications by {{ $labels.integration }} fail.",
      },
      {
        alert: "StateMetricsFailing",
        severity: "warning",
        when:
          'sum by (namespace, workload, resource) (increase(kube_state_metrics_list_total{result="error"}[15m])) > 0 ' +
          'or sum by (namespace, workload, resource) (increase(kube_state_metrics_watch_total{result="error"}[15m])) > 5',
        for: "15m",
        summary: "kube-state-metrics does not see all objects",
        description:
          "Reading {{ $labels.resource }} failed {{ $value | humanize }} times within a quarter of an hour.",
      },
    ],
  };
}
