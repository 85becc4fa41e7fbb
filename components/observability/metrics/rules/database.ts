import type { RuleGroup } from "./rule.ts";

/** PostgreSQL, by postgres_exporter: https://github.com/prometheus-community/postgres_exporter */
export function databaseRules(): RuleGroup {
  const server = "by (namespace, workload)";
  return {
    name: "database",
    alerts: [
      {
        alert: "PostgresqlDown",
        severity: "critical",
        when: "pg_up == 0",
        for: "1m",
        summary: "PostgreSQL does not answer",
        description: "{{ $labels.pod }} cannot log in. Submissions fail, and nothing is verified.",
      },
      {
        alert: "PostgresqlConnectionsHigh",
        severity: "warning",
        when: `sum ${server} (pg_stat_activity_count) / max ${server} (pg_settings_max_connections) > 0.8`,
        for: "5m",
        summary: "PostgreSQL runs out of connections",
        description: "{{ $value | humanizePercentage }} of max_connections are taken.",
      },
      {
        alert: "PostgresqlDeadlocks",
        severity: "warning",
        when: "sum by (namespace, workload, datname) (increase(pg_stat_database_deadlocks[30m])) >= 3",
        summary: "Transactions in {{ $labels.datname }} wait for each other",
        description: "PostgreSQL ended {{ $value | humanize }} of them within half an hour.",
      },
      {
        alert: "PostgresqlTransactionLong",
        severity: "warning",
        when: 'max by (namespace, workload, datname, state) (pg_stat_activity_max_tx_duration{backend_type="client backend",state!="idle"}) > 900',
        for: "5m",
        summary: "A transaction in {{ $labels.datname }} has been open for long",
        description:
          "It is {{ $labels.state }} for {{ $value | humanizeDuration }}: rows that it may still see are not cleaned away.",
      },
      {
        alert: "PostgresqlWalLarge",
        severity: "warning",
        when: `max ${server} (pg_wal_size_bytes) / max ${server} (pg_settings_max_wal_size_bytes) > 1.5`,
        for: "15m",
        summary: "PostgreSQL's write-ahead log grows",
        description:
          "It has {{ $value | humanize }} times max_wal_size, and shares the volume with the data.",
      },
      {
        alert: "PostgresqlStatisticsIncomplete",
        severity: "info",
        when: "pg_scrape_collector_success == 0",
        for: "15m",
        summary: "Statistics of PostgreSQL are missing",
        description: "The exporter cannot read {{ $labels.collector }}; alerts that need it are blind.",
      },
    ],
  };
}
