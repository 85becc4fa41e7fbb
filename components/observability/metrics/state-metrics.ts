import type * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { Rule } from "../../foundation/access.ts";
import type { Platform } from "../../foundation/index.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import { System } from "../../foundation/system.ts";
import { nobody } from "./images.ts";

export interface StateMetricsArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Names of the namespaces whose objects it tells of. */
  readonly namespaces: readonly string[];
  /** Complete image reference. */
  readonly image: string;
  readonly resources: ContainerResources;
}

/** What it tells of, by API group: what rules and dashboards ask for. */
const watched = {
  "": ["persistentvolumeclaims", "pods", "resourcequotas"],
  apps: ["daemonsets", "deployments", "statefulsets"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  policy: ["poddisruptionbudgets"],
} as const;

const workload = systemNames.stateMetrics;
const ports = systemPorts.stateMetrics;

/** kube-state-metrics, which sees the platform's namespaces and nothing of the cluster besides. */
export function createStateMetrics(name: string, args: StateMetricsArgs, parent: pulumi.Resource): System {
  const { platform, image, resources } = args;
  const probe = { path: "/readyz", port: "self-metrics" };
  return new System(
    name,
    {
      platform,
      workload,
      component: "metrics",
      replicas: 1,
      ports,
      access: {
        namespaced: {
          namespaces: [
            { name: "platform", namespace: platform.namespace },
            { name: "shipper", namespace: platform.shipperNamespace },
          ],
          rules: rules(),
        },
      },
      pod: {
        user: nobody,
        containers: [
          {
            name: workload,
            image,
            resources,
            args: [
              `--namespaces=${args.namespaces.join(",")}`,
              `--resources=${Object.values(watched).flat().sort().join(",")}`,
              `--port=${ports.metrics}`,
              `--telemetry-port=${ports["self-metrics"]}`,
            ],
            // Its /livez asks the API server, whose outage is no reason to restart it.
            startupProbe: { httpGet: probe, periodSeconds: 2, failureThreshold: 60 },
            readinessProbe: { httpGet: probe, periodSeconds: 5, timeoutSeconds: 3 },
            livenessProbe: {
              httpGet: { path: "/healthz", port: "metrics" },
              periodSeconds: 10,
              timeoutSeconds: 5,
            },
          },
        ],
      },
    },
    { parent },
  );
}

function rules(): Rule[] {
  return Object.entries(watched).map(([group, resources]) => ({
    apiGroups: [group],
    resources,
    verbs: ["list", "watch"],
  }));
}
