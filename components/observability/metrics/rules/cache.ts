import { metricName } from "../../../contract/metrics.ts";
import type { RuleGroup } from "./rule.ts";

/** Redis, by redis_exporter (https://github.com/oliver006/redis_exporter), and as its clients see it. */
export function cacheRules(): RuleGroup {
  return {
    name: "cache",
    alerts: [
      {
        alert: "RedisDown",
        severity: "warning",
        when: "redis_up == 0",
        for: "2m",
        summary: "Redis does not answer",
        description:
          "{{ $labels.pod }} cannot log in. The platform works on, slower, and events reach callers late.",
      },
      {
        alert: "CacheUnreachable",
        severity: "warning",
        when: `${metricName("cache_up")} == 0`,
        for: "5m",
        summary: "{{ $labels.workload }} does not reach Redis",
        description: "Pod {{ $labels.pod }} works without the cache.",
      },
      {
        alert: "RedisEvicting",
        severity: "warning",
        when: "rate(redis_evicted_keys_total[15m]) > 1",
        for: "15m",
        summary: "Redis is too small for what is in use",
        description: "It drops {{ $value | humanize }} keys a second to make room.",
      },
      {
        alert: "RedisMemoryHigh",
        severity: "info",
        when: "redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.95",
        for: "1h",
        summary: "Redis is full",
        description:
          "{{ $value | humanizePercentage }} of maxmemory are used: it drops the least used keys, as a cache does.",
      },
      {
        alert: "RedisConnectionsRejected",
        severity: "warning",
        when: "increase(redis_rejected_connections_total[5m]) > 0",
        summary: "Redis refuses connections",
        description: "{{ $value | humanize }} within five minutes, because maxclients are connected.",
      },
      {
        alert: "RedisPersistenceFailing",
        severity: "warning",
        when: "redis_rdb_last_bgsave_status == 0 or redis_aof_last_write_status == 0",
        for: "5m",
        summary: "Redis cannot write its data",
        description:
          "The last snapshot or append failed. After a restart the cache is cold, and Redis may refuse writes.",
      },
    ],
  };
}
