import { byValue, type Cases } from "./case.ts";

const exporter = { namespace: "n", workload: "postgresql-exporter" };
const inExporter = 'namespace="n",workload="postgresql-exporter"';
const redis = { namespace: "n", workload: "redis-exporter", pod: "e" };
const inRedis = 'namespace="n",workload="redis-exporter",pod="e"';
const volume = { namespace: "n", workload: "postgresql", persistentvolumeclaim: "data-postgresql-0" };
const onVolume = 'namespace="n",workload="postgresql",persistentvolumeclaim="data-postgresql-0"';
const backup = { namespace: "n", workload: "database-backup", cronjob: "database-backup" };
const ofBackup = 'namespace="n",workload="database-backup",cronjob="database-backup"';

/** PostgreSQL, Redis, volumes, backups. The backup may be 26 hours old, which is minute 1560. */
export const dataCases: Cases = {
  PostgresqlDown: byValue({
    at: 1,
    labels: { ...exporter, pod: "e" },
    series: { [`pg_up{${inExporter},pod="e"}`]: ["0x300", "1x300", "0 1x300"] },
  }),
  PostgresqlConnectionsHigh: byValue({
    at: 5,
    labels: exporter,
    series: {
      [`pg_stat_activity_count{${inExporter},server="s",state="idle"}`]: ["41x300", "40x300"],
      [`pg_stat_activity_count{${inExporter},server="s",state="active"}`]: ["40x300"],
      [`pg_settings_max_connections{${inExporter},server="s"}`]: ["100x300"],
    },
  }),
  PostgresqlDeadlocks: byValue({
    at: 30,
    labels: { ...exporter, datname: "iot_verification" },
    series: {
      [`pg_stat_database_deadlocks{${inExporter},datid="5",datname="iot_verification"}`]: [
        "5x29 8x300",
        "5x29 7x300",
      ],
    },
  }),
  PostgresqlTransactionLong: byValue({
    at: 5,
    labels: { ...exporter, datname: "d", state: "idle in transaction" },
    series: {
      [`pg_stat_activity_max_tx_duration{${inExporter},datname="d",state="idle in transaction",backend_type="client backend"}`]:
        ["901x300", "900x300"],
      [`pg_stat_activity_max_tx_duration{${inExporter},datname="d",state="active",backend_type="autovacuum worker"}`]:
        ["5000x300"],
    },
  }),
  PostgresqlWalLarge: byValue({
    at: 15,
    labels: exporter,
    series: {
      [`pg_wal_size_bytes{${inExporter}}`]: ["1510x300", "1500x300", "1510x14 1000x300"],
      [`pg_settings_max_wal_size_bytes{${inExporter},server="s"}`]: ["1000x300"],
    },
  }),
  PostgresqlStatisticsIncomplete: byValue({
    at: 15,
    labels: { ...exporter, collector: "wal" },
    series: {
      [`pg_scrape_collector_success{${inExporter},collector="wal"}`]: ["0x300", "1x300", "0x14 1x300"],
    },
  }),
  RedisDown: byValue({
    at: 2,
    labels: redis,
    series: { [`redis_up{${inRedis}}`]: ["0x300", "1x300", "0 0 1x300"] },
  }),
  RedisEvicting: byValue({
    at: 30,
    labels: redis,
    series: { [`redis_evicted_keys_total{${inRedis}}`]: ["0+61x300", "0+60x300", "0+61x10 610x300"] },
  }),
  RedisMemoryHigh: byValue({
    at: 60,
    labels: redis,
    series: {
      [`redis_memory_used_bytes{${inRedis}}`]: ["96x300", "95x300", "96x300"],
      [`redis_memory_max_bytes{${inRedis}}`]: ["100x300", "100x300", "0x300"],
    },
  }),
  RedisConnectionsRejected: byValue({
    at: 10,
    labels: redis,
    series: { [`redis_rejected_connections_total{${inRedis}}`]: ["3x9 4x300", "3x300"] },
  }),
  RedisPersistenceFailing: byValue({
    at: 5,
    labels: redis,
    series: {
      [`redis_rdb_last_bgsave_status{${inRedis}}`]: ["1x300", "1x300", "0x4 1x300"],
      [`redis_aof_last_write_status{${inRedis}}`]: ["0x300", "1x300", "1x300"],
    },
  }),
  VolumeFillingUp: byValue({
    at: 61,
    labels: volume,
    series: {
      // In four days, 5760 minutes, it falls by as much as there is.
      [`kubelet_volume_stats_available_bytes{${onVolume}}`]: [
        "3999-1x300",
        "4250-1x300",
        "3000x300",
        "3999-0.5x300",
      ],
      [`kubelet_volume_stats_capacity_bytes{${onVolume}}`]: ["10000x300"],
    },
  }),
  VolumeAlmostFull: byValue({
    at: 5,
    labels: volume,
    series: {
      [`kubelet_volume_stats_available_bytes{${onVolume}}`]: ["9x300", "10x300", "9x4 50x300"],
      [`kubelet_volume_stats_capacity_bytes{${onVolume}}`]: ["100x300"],
    },
  }),
  VolumeInodesRunningOut: byValue({
    at: 15,
    labels: volume,
    series: {
      [`kubelet_volume_stats_inodes_free{${onVolume}}`]: ["9x300", "10x300", "0x300"],
      [`kubelet_volume_stats_inodes{${onVolume}}`]: ["100x300", "100x300", "0x300"],
    },
  }),
  VolumeClaimUnbound: byValue({
    at: 15,
    labels: { ...volume, phase: "Pending" },
    series: {
      [`kube_persistentvolumeclaim_status_phase{${onVolume},phase="Pending"}`]: [
        "1x300",
        "0x300",
        "1x14 0x300",
      ],
      [`kube_persistentvolumeclaim_status_phase{${onVolume},phase="Bound"}`]: ["0x300", "1x300"],
    },
  }),
  BackupTooOld: byValue({
    at: 1566,
    labels: backup,
    series: {
      [`kube_cronjob_status_last_successful_time{${ofBackup}}`]: ["0x1700", "360x1700"],
      'kube_cronjob_status_last_successful_time{namespace="n",workload="other",cronjob="other"}': ["0x1700"],
    },
    until: 1570,
  }),
  BackupNeverSucceeded: byValue({
    at: 1566,
    labels: backup,
    series: {
      [`kube_cronjob_created{${ofBackup}}`]: ["0x1700", "360x1700", "0x1700"],
      [`kube_cronjob_status_last_successful_time{${ofBackup}}`]: ["_x1700", "_x1700", "90000x1700"],
    },
    until: 1570,
  }),
  BackupFailed: byValue({
    at: 5,
    labels: {
      namespace: "n",
      workload: "database-backup",
      job_name: "database-backup-29391840",
      condition: "true",
    },
    series: {
      'kube_job_failed{namespace="n",workload="database-backup",job_name="database-backup-29391840",condition="true"}':
        ["0x4 1x300", "0x300"],
      'kube_job_failed{namespace="n",workload="migrations",job_name="database-migrations-18301b6e",condition="true"}':
        ["1x300"],
    },
  }),
  BackupSuspended: byValue({
    at: 60,
    labels: backup,
    series: { [`kube_cronjob_spec_suspend{${ofBackup}}`]: ["1x300", "0x300", "1x59 0x300"] },
  }),
  BackupMissing: {
    fires: [
      {
        series: { 'kube_cronjob_spec_suspend{cronjob="other"}': "0x300" },
        at: 15,
        labels: [{ cronjob: "database-backup" }],
      },
    ],
    silent: [{ series: { [`kube_cronjob_spec_suspend{${ofBackup}}`]: "0x300" }, until: 240 }],
  },
};
