import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./labels.ts";
import { metadataOf } from "./metadata.ts";

/** The ServiceAccount of a workload's pods, which get its token only where they ask for it themselves. */
export function createAccount(
  name: string,
  args: {
    readonly namespace: pulumi.Input<string>;
    readonly workload: string;
    readonly component: Component;
  },
  parent: pulumi.Resource,
): k8s.core.v1.ServiceAccount {
  return new k8s.core.v1.ServiceAccount(
    name,
    { metadata: metadataOf({ ...args, name: args.workload }), automountServiceAccountToken: false },
    { parent },
  );
}
