import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createAccount } from "./account.ts";

import { type AuditException, auditExceptions } from "./audit.ts";
import type { Platform } from "./index.ts";
import type { Component } from "./labels.ts";
import { metadataOf } from "./metadata.ts";

export interface OneShotJobArgs {
  readonly platform: Pick<Platform, "namespace">;
  readonly workload: string;
  readonly component: Component;
  /** Changes exactly when the Job has to run again; see `checksumOf`. */
  readonly checksum: pulumi.Input<string>;
  /** The pod, given the name of its ServiceAccount. */
  readonly template: (account: pulumi.Output<string>) => k8s.types.input.core.v1.PodTemplateSpec;
  /** How often the pod is started before the Job has failed. */
  readonly attempts: number;
  /** Seconds that all attempts may take together. */
  readonly patience: number;
  /** Checks of the audit that it does not pass. */
  readonly exceptions: readonly AuditException[];
}

/**
 * A Job that runs once for each content, and its ServiceAccount: `${name}-job` and `${name}-account`. The deployment waits
 * until it is complete.
 *
 * A Job cannot change. Each content of it has a name of its own, so that the engine makes the next one beside the last:
 * under one name it would delete the last one first, and before that all that waits for it.
 */
export function createOneShotJob(
  name: string,
  args: OneShotJobArgs,
  parent: pulumi.Resource,
): k8s.batch.v1.Job {
  const { workload, component, attempts, patience } = args;
  const { namespace } = args.platform;
  const account = createAccount(`${name}-account`, { namespace, workload, component }, parent);
  return new k8s.batch.v1.Job(
    `${name}-job`,
    {
      metadata: {
        ...metadataOf({ name: workload, namespace, workload, component }),
        name: pulumi.interpolate`${workload}-${pulumi.output(args.checksum).apply((sum) => sum.slice(0, 8))}`,
        annotations: auditExceptions(args.exceptions),
      },
      spec: {
        backoffLimit: attempts - 1,
        activeDeadlineSeconds: patience,
        template: args.template(account.metadata.name),
      },
    },
    { parent, customTimeouts: { create: `${patience}s`, update: `${patience}s` } },
  );
}
