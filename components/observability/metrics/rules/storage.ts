import type { RuleGroup } from "./rule.ts";

/** Volumes, by the kubelets of their nodes. */
export function storageRules(): RuleGroup {
  const free = "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes";
  return {
    name: "storage",
    alerts: [
      {
        alert: "VolumeFillingUp",
        severity: "warning",
        when: `${free} < 0.4 and predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0`,
        for: "1h",
        summary: "The volume of {{ $labels.workload }} will be full within four days",
        description: "{{ $value | humanizePercentage }} of {{ $labels.persistentvolumeclaim }} are free.",
      },
      {
        alert: "VolumeAlmostFull",
        severity: "critical",
        when: `${free} < 0.1`,
        for: "5m",
        summary: "The volume of {{ $labels.workload }} is almost full",
        description: "{{ $value | humanizePercentage }} of {{ $labels.persistentvolumeclaim }} are free.",
      },
      {
        alert: "VolumeInodesRunningOut",
        severity: "warning",
        // Some file systems have no fixed number of inodes, and say 0.
        when: "kubelet_volume_stats_inodes_free / (kubelet_volume_stats_inodes > 0) < 0.1",
        for: "15m",
        summary: "The volume of {{ $labels.workload }} can take few more files",
        description:
          "{{ $value | humanizePercentage }} of the inodes of {{ $labels.persistentvolumeclaim }} are free.",
      },
      {
        alert: "VolumeClaimUnbound",
        severity: "warning",
        when: 'kube_persistentvolumeclaim_status_phase{phase=~"Pending|Lost"} == 1',
        for: "15m",
        summary: "{{ $labels.workload }} has no volume",
        description: "The claim {{ $labels.persistentvolumeclaim }} is {{ $labels.phase }}.",
      },
    ],
  };
}
