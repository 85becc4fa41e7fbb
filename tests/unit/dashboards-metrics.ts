/**
 * Metrics on dashboards that are not ours, by who serves them. Read from the sources of these versions; a name that an
 * upgrade drops is a panel without data.
 */
export const foreignMetrics = {
  /** Prometheus itself makes these: https://prometheus.io/docs/concepts/jobs_instances/ */
  synthetic: ["up", "ALERTS", "scrape_duration_seconds"],
  /** prom-client 15, default metrics. */
  node: ["process_cpu_seconds_total", "process_resident_memory_bytes", "nodejs_eventloop_lag_p99_seconds"],
  /** postgres_exporter 0.18.1, collectors that are on by default. */
  postgresqlExporter: [
    "pg_up",
    "pg_stat_activity_count",
    "pg_stat_activity_max_tx_duration",
    "pg_settings_max_connections",
    "pg_stat_database_blks_hit",
    "pg_stat_database_blks_read",
    "pg_stat_database_xact_commit",
    "pg_stat_database_xact_rollback",
    "pg_stat_database_tup_fetched",
    "pg_stat_database_tup_inserted",
    "pg_stat_database_tup_updated",
    "pg_stat_database_tup_deleted",
    "pg_stat_database_deadlocks",
    "pg_stat_database_temp_bytes",
    "pg_locks_count",
    "pg_database_size_bytes",
    "pg_wal_size_bytes",
    "pg_stat_user_tables_table_size_bytes",
    "pg_stat_user_tables_n_dead_tup",
    "pg_stat_user_tables_n_live_tup",
  ],
  /** redis_exporter 1.80.0. */
  redisExporter: [
    "redis_up",
    "redis_memory_used_bytes",
    "redis_memory_max_bytes",
    "redis_memory_used_rss_bytes",
    "redis_keyspace_hits_total",
    "redis_keyspace_misses_total",
    "redis_rejected_connections_total",
    "redis_commands_total",
    "redis_commands_duration_seconds_total",
    "redis_connected_clients",
    "redis_blocked_clients",
    "redis_expired_keys_total",
    "redis_evicted_keys_total",
    "redis_net_input_bytes_total",
    "redis_net_output_bytes_total",
    "redis_db_keys",
    "redis_db_keys_expiring",
  ],
  /** elasticsearch_exporter 1.9.0. */
  elasticsearchExporter: [
    "elasticsearch_cluster_health_status",
    "elasticsearch_filesystem_data_available_bytes",
    "elasticsearch_filesystem_data_size_bytes",
    "elasticsearch_jvm_memory_used_bytes",
    "elasticsearch_jvm_memory_max_bytes",
    "elasticsearch_indices_indexing_index_total",
    "elasticsearch_indices_search_query_time_seconds",
    "elasticsearch_indices_search_query_total",
    "elasticsearch_indices_store_size_bytes",
  ],
  /** kube-state-metrics 2.18.0. */
  stateMetrics: [
    "kube_pod_container_status_restarts_total",
    "kube_pod_container_resource_limits",
    "kube_pod_status_ready",
    "kube_pod_status_phase",
    "kube_resourcequota",
    "kube_cronjob_status_last_successful_time",
    "kube_horizontalpodautoscaler_status_desired_replicas",
    "kube_horizontalpodautoscaler_status_current_replicas",
    "kube_horizontalpodautoscaler_spec_max_replicas",
  ],
  /** The kubelet's cAdvisor, and the kubelet. */
  kubelet: [
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "container_cpu_cfs_throttled_periods_total",
    "container_cpu_cfs_periods_total",
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
  ],
  /** Jaeger 2.20.0, as its configuration has counters named. */
  jaeger: [
    "otelcol_receiver_accepted_spans_total",
    "otelcol_receiver_refused_spans_total",
    "otelcol_exporter_enqueue_failed_spans_total",
    "otelcol_exporter_queue_size",
    "otelcol_exporter_queue_capacity",
    "jaeger_storage_bulk_index_inserts_total",
    "jaeger_storage_bulk_index_errors_total",
  ],
  /** Prometheus 3.16.0 and Alertmanager 0.34.2. */
  monitoring: [
    "prometheus_tsdb_head_series",
    "prometheus_tsdb_storage_blocks_bytes",
    "prometheus_rule_evaluation_failures_total",
    "prometheus_notifications_sent_total",
    "prometheus_notifications_dropped_total",
    "alertmanager_notifications_total",
    "alertmanager_notifications_failed_total",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
