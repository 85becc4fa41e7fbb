import type { RuleGroup } from "./rule.ts";

/** Jaeger, which is an OpenTelemetry collector: its metrics may end in `_total`, as its configuration says. */
export function traceRules(): RuleGroup {
  const rateOf = (metric: string) =>
    `sum by (namespace, workload) (rate({__name__=~"${metric}(_total)?"}[5m]))`;
  return {
    name: "traces",
    alerts: [
      {
        alert: "SpansRefused",
        severity: "warning",
        when: `${rateOf("otelcol_receiver_refused_spans")} > 0`,
        for: "10m",
        summary: "Jaeger refuses traces",
        description: "{{ $value | humanize }} spans a second are lost: its memory is full.",
      },
      {
        alert: "SpansNotStored",
        severity: "warning",
        // While Elasticsearch is away, spans count as sent: only the writer of indices knows better. A rate each: without
        // their names, series of two metrics may be the same.
        when: [
          "otelcol_exporter_send_failed_spans",
          "otelcol_exporter_enqueue_failed_spans",
          "jaeger_storage_bulk_index_errors",
        ]
          .map((metric) => `${rateOf(metric)} > 0`)
          .join(" or "),
        for: "10m",
        summary: "Jaeger cannot store traces",
        description: "{{ $value | humanize }} writes a second did not reach Elasticsearch.",
      },
    ],
  };
}
