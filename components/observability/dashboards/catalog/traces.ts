import { toDashboard, uids } from "../links.ts";
import { ratePerSecond } from "../promql.ts";
import type { DashboardSpec, PanelSpec, TraceSearchSpec } from "../spec.ts";
import { tracedVariable } from "../variables.ts";

/** What happened inside of requests and verifications, and whether traces arrive at all, at the workload that takes them. */
export function traces(writer: string): DashboardSpec {
  const jaeger = `workload="${writer}"`;
  return {
    uid: uids.traces,
    title: "Traces",
    description:
      "Traces of the chosen service: the newest, those that failed, the slow ones. A trace leads to its log lines.",
    range: "1h",
    variables: [tracedVariable],
    rows: [
      {
        title: "Traces of $service",
        panels: [
          search(
            { title: "Newest", description: "The newest traces that the service takes part in." },
            { service: "$service" },
          ),
          search(
            { title: "Failed", description: "Traces with a span of the service that ended in an error." },
            { service: "$service", tags: "error=true" },
          ),
          search(
            { title: "Slow", description: "Traces in which the service took more than a second." },
            { service: "$service", minDuration: "1s" },
          ),
        ],
      },
      {
        title: "Ways of traces",
        panels: [
          {
            kind: "timeseries",
            title: "Spans taken",
            description:
              "Spans each second that Jaeger took, refused because its memory is full, or lost because its queue is.",
            unit: "ops",
            min: 0,
            queries: [
              {
                expr: ratePerSecond({ metric: "otelcol_receiver_accepted_spans_total", where: jaeger }),
                legend: "taken",
              },
              {
                expr: ratePerSecond({ metric: "otelcol_receiver_refused_spans_total", where: jaeger }),
                legend: "refused",
              },
              {
                expr: ratePerSecond({ metric: "otelcol_exporter_enqueue_failed_spans_total", where: jaeger }),
                legend: "lost",
              },
            ],
          },
          {
            kind: "timeseries",
            title: "Written to Elasticsearch",
            description:
              "Documents each second that Elasticsearch took from Jaeger, or did not. What it did not take is lost.",
            unit: "ops",
            min: 0,
            queries: [
              {
                expr: ratePerSecond({ metric: "jaeger_storage_bulk_index_inserts_total", where: jaeger }),
                legend: "written",
              },
              {
                expr: ratePerSecond({ metric: "jaeger_storage_bulk_index_errors_total", where: jaeger }),
                legend: "lost",
              },
            ],
            links: [toDashboard("Elasticsearch", "telemetry")],
          },
          {
            kind: "timeseries",
            title: "Queue",
            description:
              "Share of Jaeger's queue before Elasticsearch that is taken. When it is full, spans are lost.",
            unit: "percentunit",
            min: 0,
            max: 1,
            thresholds: [{ from: 0.8, colour: "red" }],
            queries: [
              {
                expr: `max(otelcol_exporter_queue_size{${jaeger}}) / max(otelcol_exporter_queue_capacity{${jaeger}})`,
                legend: "taken",
              },
            ],
          },
        ],
      },
    ],
  };
}

function search(words: Pick<PanelSpec, "title" | "description">, found: TraceSearchSpec): PanelSpec {
  return { kind: "traces", ...words, width: 24, height: 9, search: found };
}
