import { serviceNames } from "../../../contract/runtime.ts";
import { systemNames } from "../../../contract/systems.ts";
import { toDashboard, uids } from "../links.ts";
import { ratePerSecond } from "../promql.ts";
import type { DashboardSpec } from "../spec.ts";
import { volumePanel } from "./capacity.ts";
import { upPanel } from "./parts.ts";

/** Databases of users: not the server's own. */
const databases = 'datname!~"template.*|postgres|"';

/** How the database does; metrics of postgres_exporter: https://github.com/prometheus-community/postgres_exporter */
export const postgresql: DashboardSpec = {
  uid: uids.postgresql,
  title: "PostgreSQL",
  description: "Whether the database answers, who is connected, what they wait for, and what it keeps.",
  rows: [
    {
      title: "Server",
      panels: [
        upPanel({
          title: "Answers",
          description: "Whether the server answers its exporter.",
          width: 6,
          expr: "min(pg_up)",
          legend: "answers",
        }),
        {
          kind: "stat",
          title: "Connections taken",
          description:
            "Share of the connections that the server allows. Without a free one, nobody new is let in.",
          unit: "percentunit",
          width: 6,
          thresholds: [
            { from: 0.7, colour: "orange" },
            { from: 0.85, colour: "red" },
          ],
          queries: [
            { expr: "sum(pg_stat_activity_count) / max(pg_settings_max_connections)", legend: "taken" },
          ],
        },
        {
          kind: "stat",
          title: "Longest transaction",
          description: "Age of the oldest open transaction. It keeps dead rows from being removed.",
          unit: "s",
          width: 6,
          thresholds: [
            { from: 60, colour: "orange" },
            { from: 600, colour: "red" },
          ],
          queries: [{ expr: "max(pg_stat_activity_max_tx_duration)", legend: "longest" }],
        },
        {
          kind: "stat",
          title: "Read from memory",
          description: "Share of the blocks that were found in the server's own cache over the time shown.",
          unit: "percentunit",
          width: 6,
          base: "red",
          thresholds: [
            { from: 0.9, colour: "orange" },
            { from: 0.98, colour: "green" },
          ],
          queries: [
            {
              expr: `sum(increase(pg_stat_database_blks_hit{${databases}}[$__range])) / (sum(increase(pg_stat_database_blks_hit{${databases}}[$__range])) + sum(increase(pg_stat_database_blks_read{${databases}}[$__range])))`,
              legend: "from memory",
            },
          ],
        },
      ],
    },
    {
      title: "Work",
      panels: [
        {
          kind: "timeseries",
          title: "Connections",
          description: "Connections by state. Idle in transaction holds locks and does nothing.",
          unit: "none",
          min: 0,
          stacked: true,
          queries: [{ expr: 'sum by (state) (pg_stat_activity_count{state!=""})', legend: "{{state}}" }],
        },
        {
          kind: "timeseries",
          title: "Transactions",
          description: "Transactions each second, and those of them that were rolled back.",
          unit: "ops",
          min: 0,
          queries: [
            {
              expr: ratePerSecond({
                metric: "pg_stat_database_xact_commit",
                where: databases,
                by: ["datname"],
              }),
              legend: "{{datname}} committed",
            },
            {
              expr: ratePerSecond({
                metric: "pg_stat_database_xact_rollback",
                where: databases,
                by: ["datname"],
              }),
              legend: "{{datname}} rolled back",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Rows",
          description: "Rows read, written, changed and deleted each second.",
          unit: "rowsps",
          min: 0,
          queries: ["fetched", "inserted", "updated", "deleted"].map((what) => ({
            expr: ratePerSecond({ metric: `pg_stat_database_tup_${what}`, where: databases }),
            legend: what,
          })),
        },
        {
          kind: "timeseries",
          title: "Locks",
          description: "Locks that are held or waited for, by mode.",
          unit: "none",
          min: 0,
          queries: [{ expr: `sum by (mode) (pg_locks_count{${databases}}) > 0`, legend: "{{mode}}" }],
        },
        {
          kind: "timeseries",
          title: "Deadlocks",
          description:
            "Deadlocks that the server has broken, by database. Every one is a transaction that failed.",
          unit: "none",
          min: 0,
          thresholds: [{ from: 1, colour: "red" }],
          queries: [
            {
              expr: `sum by (datname) (increase(pg_stat_database_deadlocks{${databases}}[$__rate_interval]))`,
              legend: "{{datname}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Temporary files",
          description:
            "Bytes each second that sorts and joins wrote to disk because work_mem did not hold them.",
          unit: "binBps",
          min: 0,
          queries: [
            {
              expr: ratePerSecond({
                metric: "pg_stat_database_temp_bytes",
                where: databases,
                by: ["datname"],
              }),
              legend: "{{datname}}",
            },
          ],
        },
      ],
    },
    {
      title: "Storage",
      panels: [
        {
          kind: "stat",
          title: "Last backup",
          description: "How long ago the database was last dumped to object storage in full.",
          unit: "s",
          width: 24,
          thresholds: [
            { from: 26 * 3600, colour: "orange" },
            { from: 50 * 3600, colour: "red" },
          ],
          queries: [
            {
              expr: `time() - max(kube_cronjob_status_last_successful_time{cronjob="${systemNames.backup}"})`,
              legend: "ago",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Size of databases",
          description: "What each database takes.",
          unit: "bytes",
          min: 0,
          stacked: true,
          queries: [{ expr: "max by (datname) (pg_database_size_bytes)", legend: "{{datname}}" }],
        },
        {
          kind: "timeseries",
          title: "Write-ahead log",
          description:
            "What the write-ahead log takes. It grows while something keeps it from being recycled.",
          unit: "bytes",
          min: 0,
          queries: [{ expr: "max(pg_wal_size_bytes)", legend: "write-ahead log" }],
        },
        volumePanel(`data-${serviceNames.database}-.*`),
        {
          kind: "timeseries",
          title: "Largest tables",
          description: "The ten largest tables, without their indices.",
          unit: "bytes",
          width: 12,
          min: 0,
          queries: [
            {
              expr: "topk(10, max by (datname, schemaname, relname) (pg_stat_user_tables_table_size_bytes))",
              legend: "{{schemaname}}.{{relname}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Dead rows",
          description:
            "Share of each table's rows that are dead, of the ten worst with more than a thousand. Autovacuum should keep it below a fifth.",
          unit: "percentunit",
          width: 12,
          min: 0,
          thresholds: [{ from: 0.2, colour: "orange" }],
          queries: [
            {
              expr: "topk(10, pg_stat_user_tables_n_dead_tup / (pg_stat_user_tables_n_live_tup + pg_stat_user_tables_n_dead_tup > 1000))",
              legend: "{{schemaname}}.{{relname}}",
            },
          ],
          links: [toDashboard("Capacity", "capacity")],
        },
      ],
    },
  ],
};
