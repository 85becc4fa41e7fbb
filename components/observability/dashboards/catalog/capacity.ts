import { quotaTaken } from "../../metrics/rules/quota.ts";
import { toDashboard, uids } from "../links.ts";
import type { DashboardSpec, PanelSpec } from "../spec.ts";

/** A container's own figures; the kubelet also has some of the whole pod. */
const container = 'container!=""';

/** Share of its limit that each container uses. */
function usedOfLimit(use: string, resource: "cpu" | "memory"): string {
  const limit = `sum by (namespace, pod, container) (kube_pod_container_resource_limits{resource="${resource}"})`;
  return `topk(10, ${use} / ${limit})`;
}

export const cpuPanel: PanelSpec = {
  kind: "timeseries",
  title: "Processors in use",
  description:
    "Share of its limit that a container uses, of the ten highest. At the limit it is slowed down.",
  unit: "percentunit",
  min: 0,
  thresholds: [{ from: 0.9, colour: "red" }],
  queries: [
    {
      expr: usedOfLimit(
        `sum by (namespace, pod, container) (rate(container_cpu_usage_seconds_total{${container}}[$__rate_interval]))`,
        "cpu",
      ),
      legend: "{{pod}} {{container}}",
    },
  ],
  links: [toDashboard("Capacity", "capacity")],
};

export const memoryPanel: PanelSpec = {
  kind: "timeseries",
  title: "Memory in use",
  description:
    "Share of its limit that a container uses, of the ten highest. Pages of files count, which it gives back before it is killed at the limit.",
  unit: "percentunit",
  min: 0,
  thresholds: [{ from: 0.9, colour: "red" }],
  queries: [
    {
      expr: usedOfLimit(
        `sum by (namespace, pod, container) (container_memory_working_set_bytes{${container}})`,
        "memory",
      ),
      legend: "{{pod}} {{container}}",
    },
  ],
  links: [toDashboard("Capacity", "capacity")],
};

export const volumesPanel: PanelSpec = volumePanel(".*");

/** How full the volumes of claims whose name fits are. */
export function volumePanel(claims: string): PanelSpec {
  const where = `{persistentvolumeclaim=~"${claims}"}`;
  return {
    kind: "timeseries",
    title: "Volumes in use",
    description: "Share of each volume that is taken. A volume can be made larger while it is in use.",
    unit: "percentunit",
    min: 0,
    max: 1,
    thresholds: [{ from: 0.85, colour: "red" }],
    queries: [
      {
        expr: `1 - min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes${where} / kubelet_volume_stats_capacity_bytes${where})`,
        legend: "{{persistentvolumeclaim}}",
      },
    ],
    links: [toDashboard("Capacity", "capacity")],
  };
}

/** What the platform takes of the cluster, and what it was given. */
export const capacity: DashboardSpec = {
  uid: uids.capacity,
  title: "Capacity",
  description: "Pods, processors, memory, volumes, quota and autoscaling of the platform's namespaces.",
  rows: [
    {
      title: "Pods",
      panels: [
        {
          kind: "timeseries",
          title: "Not ready",
          description: "Pods that should serve and do not.",
          unit: "none",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: 'sum by (pod) (kube_pod_status_ready{condition="false"} * on (namespace, pod) group_left () (kube_pod_status_phase{phase=~"Pending|Running|Unknown"} == 1)) > 0',
              legend: "{{pod}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Restarts",
          description: "How often containers were started again.",
          unit: "none",
          min: 0,
          queries: [
            {
              expr: "sum by (pod, container) (increase(kube_pod_container_status_restarts_total[$__rate_interval])) > 0",
              legend: "{{pod}} {{container}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Slowed down",
          description:
            "Share of a container's periods in which it wanted more processor time than its limit, of the ten highest.",
          unit: "percentunit",
          min: 0,
          thresholds: [{ from: 0.25, colour: "orange" }],
          queries: [
            {
              expr: `topk(10, sum by (pod, container) (rate(container_cpu_cfs_throttled_periods_total{${container}}[$__rate_interval])) / sum by (pod, container) (rate(container_cpu_cfs_periods_total{${container}}[$__rate_interval])))`,
              legend: "{{pod}} {{container}}",
            },
          ],
        },
      ],
    },
    { title: "Limits", panels: [cpuPanel, memoryPanel, volumesPanel] },
    {
      title: "Quota and autoscaling",
      panels: [
        {
          kind: "timeseries",
          title: "Quota",
          description:
            "Share of the namespaces' quota that is taken. What goes beyond it is not created. Volumes have just what they take.",
          unit: "percentunit",
          min: 0,
          thresholds: [{ from: 0.95, colour: "red" }],
          queries: [
            {
              expr: `max by (namespace, resource) (${quotaTaken})`,
              legend: "{{namespace}} {{resource}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Pods asked for",
          description: "What each autoscaler asks for, as a share of the most that it may.",
          unit: "percentunit",
          min: 0,
          thresholds: [{ from: 1, colour: "red" }],
          queries: [
            {
              expr: "max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_desired_replicas / kube_horizontalpodautoscaler_spec_max_replicas)",
              legend: "{{horizontalpodautoscaler}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Pods there",
          description: "How many pods each autoscaler has.",
          unit: "none",
          min: 0,
          queries: [
            {
              expr: "max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas)",
              legend: "{{horizontalpodautoscaler}}",
            },
          ],
        },
      ],
    },
  ],
};
