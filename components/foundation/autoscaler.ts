import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type AuditException, auditExceptions } from "./audit.ts";
import type { Platform } from "./index.ts";
import type { Component } from "./labels.ts";
import { metadataOf } from "./metadata.ts";

/** How far a workload grows, and when. Utilization is the average of its pods, in percent of what they request. */
export interface Scaling {
  /** Most pods. */
  readonly maximum: number;
  /** CPU utilization that it is kept at. */
  readonly cpuUtilization: number;
  /** Memory utilization that it is kept at. @default memory does not count */
  readonly memoryUtilization?: number | undefined;
}

interface AutoscalerArgs {
  readonly platform: Platform;
  readonly workload: string;
  /** Name of the Deployment, once it is there: the autoscaler would report that it is missing. */
  readonly deployment: pulumi.Input<string>;
  readonly component: Component;
  /** Fewest pods. */
  readonly minimum: number;
  readonly scaling: Scaling;
}

/**
 * Keeps a Deployment's number of pods; the Deployment must leave `replicas` out, or each deployment would take it back.
 * https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
 */
export function createAutoscaler(
  name: string,
  { platform, workload, component, deployment, minimum, scaling }: AutoscalerArgs,
  parent: pulumi.Resource,
): k8s.autoscaling.v2.HorizontalPodAutoscaler {
  const { cpuUtilization, memoryUtilization } = scaling;
  return new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    name,
    {
      metadata: {
        ...metadataOf({ name: workload, namespace: platform.namespace, workload, component }),
        ...(minimum === 1 && { annotations: auditExceptions([onePod]) }),
      },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
        minReplicas: minimum,
        maxReplicas: scaling.maximum,
        metrics: [
          utilizationOf("cpu", cpuUtilization),
          ...(memoryUtilization === undefined ? [] : [utilizationOf("memory", memoryUtilization)]),
        ],
        behavior,
      },
    },
    { parent },
  );
}

const onePod: AuditException = {
  check: "horizontalpodautoscaler-replicas",
  reason:
    "The configuration of this stack asks for one pod where there is little to do; what is queued waits for its successor",
};

/** Up at once when a minute asks for it, at most twofold each time; down by a tenth a minute, once five minutes agree. */
const behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 60,
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: "Percent", value: 10, periodSeconds: 60 }],
  },
} satisfies k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerBehavior;

function utilizationOf(name: "cpu" | "memory", averageUtilization: number) {
  return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } };
}
