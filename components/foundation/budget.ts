import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./index.ts";
import { type Component, selectorLabels } from "./labels.ts";
import { metadataOf } from "./metadata.ts";

/**
 * A drain takes the pods of a workload one at a time. A pod that is not ready protects nothing and holds no drain up.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export function createBudget(
  name: string,
  args: { readonly platform: Platform; readonly workload: string; readonly component: Component },
  parent: pulumi.Resource,
): k8s.policy.v1.PodDisruptionBudget {
  const { platform, workload, component } = args;
  return new k8s.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: metadataOf({ name: workload, namespace: platform.namespace, workload, component }),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorLabels(workload) },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    { parent },
  );
}
