import { metricName } from "../../../contract/metrics.ts";
import { toDashboard } from "../links.ts";
import { agreed, ratePerSecond, total } from "../promql.ts";
import type { RowSpec } from "../spec.ts";
import { yesWords } from "../words.ts";

/** The pods of services of ours: what each process needs, and whether it reaches database and cache. */
export function processRow(where: string): RowSpec {
  return {
    title: "Pods",
    panels: [
      {
        kind: "timeseries",
        title: "Processor",
        description:
          "Processors that each service process keeps busy. Engines of a verifier come on top, as containers show.",
        unit: "none",
        min: 0,
        queries: [
          {
            expr: ratePerSecond({ metric: "process_cpu_seconds_total", where, by: ["pod"] }),
            legend: "{{pod}}",
          },
        ],
        links: [toDashboard("Containers", "capacity")],
      },
      {
        kind: "timeseries",
        title: "Memory",
        description: "Memory that each service process holds.",
        unit: "bytes",
        min: 0,
        queries: [
          { expr: total({ metric: "process_resident_memory_bytes", where, by: ["pod"] }), legend: "{{pod}}" },
        ],
        links: [toDashboard("Containers", "capacity")],
      },
      {
        kind: "timeseries",
        title: "Event loop",
        description:
          "How late 1 % of the event loop's turns were. Above a tenth of a second the process cannot keep up.",
        unit: "s",
        min: 0,
        thresholds: [{ from: 0.1, colour: "orange" }],
        queries: [
          {
            expr: agreed({ metric: "nodejs_eventloop_lag_p99_seconds", where, by: ["pod"] }),
            legend: "{{pod}}",
          },
        ],
      },
      {
        kind: "timeseries",
        title: "Connections to the database",
        description:
          "By state. Requests that wait for a connection mean that the pool is too small, or the database too slow.",
        unit: "none",
        width: 12,
        min: 0,
        queries: [
          {
            expr: total({
              metric: metricName("database_pool_connections"),
              where,
              by: ["workload", "state"],
            }),
            legend: "{{workload}} {{state}}",
          },
        ],
        links: [toDashboard("PostgreSQL", "postgresql")],
      },
      {
        kind: "states",
        title: "Cache reached",
        description: "Whether each pod reaches Redis. Without it, it works on, slower.",
        unit: "none",
        width: 12,
        words: yesWords,
        queries: [
          { expr: agreed({ metric: metricName("cache_up"), where, by: ["pod"] }), legend: "{{pod}}" },
        ],
        links: [toDashboard("Redis", "redis")],
      },
    ],
  };
}
