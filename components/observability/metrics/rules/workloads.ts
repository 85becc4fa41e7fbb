import type { RuleGroup } from "./rule.ts";

/** What makes pods, with the metrics of how many there are to be and how many work. */
const kinds = [
  { wanted: "kube_deployment_spec_replicas", working: "kube_deployment_status_replicas_available" },
  { wanted: "kube_statefulset_replicas", working: "kube_statefulset_status_replicas_ready" },
  {
    wanted: "kube_daemonset_status_desired_number_scheduled",
    working: "kube_daemonset_status_number_available",
  },
] as const;

/** The platform's workloads as Kubernetes sees them, by kube-state-metrics. */
export function workloadRules(): RuleGroup {
  return {
    name: "workloads",
    alerts: [
      {
        alert: "WorkloadUnavailable",
        severity: "critical",
        when: kinds.map(({ wanted, working }) => `(${working} == 0 and ${wanted} > 0)`).join(" or "),
        for: "5m",
        summary: "{{ $labels.workload }} does not work",
        description: "None of its pods in {{ $labels.namespace }} is available.",
      },
      {
        alert: "WorkloadDegraded",
        severity: "warning",
        when: kinds.map(({ wanted, working }) => `(${wanted} - ${working}) > 0`).join(" or "),
        for: "15m",
        summary: "{{ $labels.workload }} has too few pods",
        description: "{{ $value | humanize }} of its pods in {{ $labels.namespace }} are not available.",
      },
      {
        alert: "RolloutStuck",
        severity: "warning",
        when:
          'kube_deployment_status_condition{condition="Progressing",status="false"} == 1 ' +
          "or (kube_statefulset_status_replicas_updated < kube_statefulset_replicas " +
          "and changes(kube_statefulset_status_replicas_updated[15m]) == 0)",
        for: "15m",
        summary: "A change of {{ $labels.workload }} is not taking effect",
        description:
          "New pods of it in {{ $labels.namespace }} do not become ready; the old ones go on where there are any.",
      },
      {
        alert: "PodCrashLooping",
        severity: "warning",
        when: 'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
        for: "10m",
        summary: "{{ $labels.workload }} ends again and again",
        description:
          "Container {{ $labels.container }} of {{ $labels.pod }} is started anew, later each time.",
      },
      {
        alert: "ContainerWaiting",
        severity: "warning",
        when: 'kube_pod_container_status_waiting_reason{reason!~"CrashLoopBackOff|PodInitializing"} == 1',
        for: "15m",
        summary: "{{ $labels.workload }} cannot start",
        description: "Container {{ $labels.container }} of {{ $labels.pod }} waits: {{ $labels.reason }}.",
      },
      {
        alert: "PodPending",
        severity: "warning",
        when: 'kube_pod_status_phase{phase=~"Pending|Unknown"} == 1',
        for: "15m",
        summary: "A pod of {{ $labels.workload }} is {{ $labels.phase }}",
        description: "{{ $labels.pod }} has no node, no volume, or a node that does not answer.",
      },
      {
        alert: "JobFailed",
        severity: "warning",
        when: 'kube_job_failed{condition="true"} == 1',
        summary: "A Job of {{ $labels.workload }} failed",
        description: "{{ $labels.job_name }} gave up. It tells until it is deleted or its time is over.",
      },
      {
        alert: "JobRunsLong",
        severity: "warning",
        when: "time() - kube_job_status_start_time > 2 * 3600 and kube_job_status_active > 0",
        for: "5m",
        summary: "A Job of {{ $labels.workload }} does not end",
        description: "{{ $labels.job_name }} has been running for {{ $value | humanizeDuration }}.",
      },
      {
        alert: "DisruptionBudgetUnmet",
        severity: "warning",
        when: "kube_poddisruptionbudget_status_current_healthy < kube_poddisruptionbudget_status_desired_healthy",
        for: "15m",
        summary: "{{ $labels.workload }} has fewer pods than it may do without",
        description: "{{ $value | humanize }} are healthy. Nodes with healthy pods of it cannot be drained.",
      },
    ],
  };
}
