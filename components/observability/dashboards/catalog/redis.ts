import { metricName } from "../../../contract/metrics.ts";
import { serviceNames } from "../../../contract/runtime.ts";
import { toDashboard, uids } from "../links.ts";
import { ratePerSecond } from "../promql.ts";
import type { DashboardSpec } from "../spec.ts";
import { yesWords } from "../words.ts";
import { volumePanel } from "./capacity.ts";
import { upPanel } from "./parts.ts";

/** How the cache does; metrics of redis_exporter: https://github.com/oliver006/redis_exporter */
export const redis: DashboardSpec = {
  uid: uids.redis,
  title: "Redis",
  description:
    "Whether the cache answers, how much it helps, and what it does not hold. It may be lost at any time.",
  rows: [
    {
      title: "Server",
      panels: [
        upPanel({
          title: "Answers",
          description: "Whether the server answers its exporter.",
          width: 6,
          expr: "min(redis_up)",
          legend: "answers",
        }),
        {
          kind: "stat",
          title: "Memory taken",
          description:
            "Share of maxmemory. When it is full, the least recently used keys go: that is how a cache works.",
          unit: "percentunit",
          width: 6,
          thresholds: [{ from: 0.95, colour: "orange" }],
          queries: [{ expr: "max(redis_memory_used_bytes / redis_memory_max_bytes)", legend: "taken" }],
        },
        {
          kind: "stat",
          title: "Found",
          description: "Share of look-ups over the time shown that found their key.",
          unit: "percentunit",
          width: 6,
          queries: [
            {
              expr: "sum(increase(redis_keyspace_hits_total[$__range])) / (sum(increase(redis_keyspace_hits_total[$__range])) + sum(increase(redis_keyspace_misses_total[$__range])))",
              legend: "found",
            },
          ],
        },
        {
          kind: "stat",
          title: "Refused connections",
          description: "Connections over the time shown that were refused because there were too many.",
          unit: "none",
          width: 6,
          thresholds: [{ from: 1, colour: "red" }],
          queries: [{ expr: "sum(increase(redis_rejected_connections_total[$__range]))", legend: "refused" }],
        },
      ],
    },
    {
      title: "Work",
      panels: [
        {
          kind: "timeseries",
          title: "Commands",
          description: "Commands each second, of the ten most frequent.",
          unit: "ops",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `topk(10, ${ratePerSecond({ metric: "redis_commands_total", by: ["cmd"] })})`,
              legend: "{{cmd}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Time of a command",
          description: "Mean time that the server took for a command, of the ten slowest.",
          unit: "s",
          min: 0,
          queries: [
            {
              expr: `topk(10, ${ratePerSecond({ metric: "redis_commands_duration_seconds_total", by: ["cmd"] })} / ${ratePerSecond({ metric: "redis_commands_total", by: ["cmd"] })})`,
              legend: "{{cmd}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Clients",
          description: "Connections, and those of them that wait in a blocking command.",
          unit: "none",
          min: 0,
          queries: [
            { expr: "sum(redis_connected_clients)", legend: "connected" },
            { expr: "sum(redis_blocked_clients)", legend: "blocked" },
          ],
        },
        {
          kind: "timeseries",
          title: "Keys that went",
          description: "Keys each second that expired, or had to go because memory was full.",
          unit: "ops",
          min: 0,
          queries: [
            { expr: ratePerSecond({ metric: "redis_expired_keys_total" }), legend: "expired" },
            { expr: ratePerSecond({ metric: "redis_evicted_keys_total" }), legend: "evicted" },
          ],
        },
        {
          kind: "timeseries",
          title: "Traffic",
          description: "Bytes each second to and from the server.",
          unit: "binBps",
          min: 0,
          queries: [
            { expr: ratePerSecond({ metric: "redis_net_input_bytes_total" }), legend: "in" },
            { expr: ratePerSecond({ metric: "redis_net_output_bytes_total" }), legend: "out" },
          ],
        },
        {
          kind: "states",
          title: "Reached by services",
          description: "Whether each service reaches the cache from where it runs.",
          unit: "none",
          words: yesWords,
          queries: [{ expr: `min by (workload) (${metricName("cache_up")})`, legend: "{{workload}}" }],
        },
      ],
    },
    {
      title: "Storage",
      panels: [
        {
          kind: "timeseries",
          title: "Memory",
          description: "Memory of the data and of the process, beside the limit of the data.",
          unit: "bytes",
          min: 0,
          queries: [
            { expr: "max(redis_memory_used_bytes)", legend: "data" },
            { expr: "max(redis_memory_used_rss_bytes)", legend: "process" },
            { expr: "max(redis_memory_max_bytes)", legend: "limit of the data" },
          ],
        },
        {
          kind: "timeseries",
          title: "Keys",
          description: "Keys, and those of them that will expire by themselves.",
          unit: "none",
          min: 0,
          queries: [
            { expr: "sum(redis_db_keys)", legend: "keys" },
            { expr: "sum(redis_db_keys_expiring)", legend: "that expire" },
          ],
          links: [toDashboard("Capacity", "capacity")],
        },
        volumePanel(`data-${serviceNames.redis}-.*`),
      ],
    },
  ],
};
