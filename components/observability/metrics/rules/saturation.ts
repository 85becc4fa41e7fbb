import { metricName } from "../../../contract/metrics.ts";
import { serviceNames } from "../../../contract/runtime.ts";
import type { RuleGroup } from "./rule.ts";

/** What is about to be used up: CPU, memory, connections of a pool, the event loop, pods of an autoscaler. */
export function saturationRules(): RuleGroup {
  const container = "by (namespace, pod, container, workload)";
  // What the kernel cannot take back. Pages of files it can, and servers use all that is left for these; those that
  // PostgreSQL maps are the memory that its processes share.
  const taken = `(container_memory_rss + container_memory_mapped_file{workload="${serviceNames.database}"} or container_memory_rss)`;
  return {
    name: "saturation",
    alerts: [
      {
        alert: "CpuThrottled",
        severity: "info",
        when:
          `sum ${container} (increase(container_cpu_cfs_throttled_periods_total[5m])) ` +
          `/ sum ${container} (increase(container_cpu_cfs_periods_total[5m])) > 0.5`,
        for: "30m",
        summary: "{{ $labels.workload }} is held back by its CPU limit",
        description:
          "Container {{ $labels.container }} of {{ $labels.pod }} was throttled in {{ $value | humanizePercentage }} of its periods.",
      },
      {
        alert: "MemoryNearLimit",
        severity: "warning",
        when:
          `max ${container} ${taken} ` +
          `/ max ${container} (kube_pod_container_resource_limits{resource="memory"}) > 0.9`,
        for: "10m",
        summary: "{{ $labels.workload }} is about to be killed for its memory",
        description:
          "Container {{ $labels.container }} of {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its limit for what cannot be given back.",
      },
      {
        alert: "ContainerOutOfMemory",
        severity: "warning",
        when:
          'kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1 ' +
          "and on (namespace, pod, container) increase(kube_pod_container_status_restarts_total[15m]) > 0",
        summary: "{{ $labels.workload }} was killed for its memory",
        description:
          "Container {{ $labels.container }} of {{ $labels.pod }} went over its limit within the last quarter of an hour.",
      },
      {
        alert: "DatabasePoolExhausted",
        severity: "warning",
        when: `min_over_time(${metricName("database_pool_connections")}{state="waiting"}[2m]) > 0`,
        for: "3m",
        summary: "{{ $labels.workload }} waits for connections to the database",
        description:
          "In pod {{ $labels.pod }}, at least {{ $value | humanize }} requests waited all the time.",
      },
      {
        alert: "EventLoopBlocked",
        severity: "warning",
        when: "nodejs_eventloop_lag_p99_seconds > 0.5",
        for: "10m",
        summary: "{{ $labels.workload }} answers late",
        description:
          "One in a hundred turns of the event loop of pod {{ $labels.pod }} takes {{ $value | humanizeDuration }} or longer.",
      },
      {
        alert: "AutoscalerAtMaximum",
        severity: "warning",
        when:
          "kube_horizontalpodautoscaler_status_current_replicas >= kube_horizontalpodautoscaler_spec_max_replicas " +
          "and kube_horizontalpodautoscaler_spec_max_replicas > kube_horizontalpodautoscaler_spec_min_replicas",
        for: "30m",
        summary: "{{ $labels.workload }} has as many pods as it may",
        description: "It runs {{ $value | humanize }} pods; more load than these bear makes it slower.",
      },
      {
        alert: "AutoscalerInactive",
        severity: "warning",
        when: 'kube_horizontalpodautoscaler_status_condition{condition="ScalingActive",status="false"} == 1',
        for: "15m",
        summary: "{{ $labels.workload }} is not scaled",
        description:
          "Its autoscaler {{ $labels.horizontalpodautoscaler }} cannot read the load: the number of pods stays as it is.",
      },
    ],
  };
}
