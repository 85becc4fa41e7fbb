import * as pulumi from "@pulumi/pulumi";
import {
  commonSettings,
  serviceNames,
  servicePorts,
  standardVariable,
  verifierSettings,
} from "../contract/runtime.ts";
import { type Standard, type StandardId, standards } from "../contract/standards.ts";
import type { Scaling } from "../foundation/autoscaler.ts";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Platform } from "../foundation/index.ts";
import type { MountedCredential } from "../foundation/mounted-credential.ts";
import { type ContainerResources, heapOf } from "../foundation/resources.ts";
import { Workload } from "../foundation/workload.ts";

interface VerifierArgs {
  /** Complete image reference. */
  readonly image: string;
  /** Number of pods; where it scales, the least. */
  readonly replicas: number;
  /** How far it grows beyond that. @default not at all */
  readonly scaling?: Scaling | undefined;
}

export interface VerificationArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** What differs from standard to standard. */
  readonly verifiers: Readonly<Record<StandardId, VerifierArgs>>;
  /** CPU and memory of each pod, its engines included. */
  readonly resources: ContainerResources;
  /** What the service itself may use of its pod's memory, as a Kubernetes quantity. */
  readonly serviceMemory: string;
  /** Size of a pod's scratch space, as a Kubernetes quantity. */
  readonly scratch: string;
  /** Seconds that a verification may take at most: a pod that has to end lets it finish. */
  readonly verificationTimeout: number;
  /** Logins of the database and the cache. */
  readonly credentials: readonly MountedCredential[];
}

/** Time to store the result of a verification that ended at its very limit. */
const storingSeconds = 30;

/** The verification tier: one workload for each standard of the table, all alike. */
export class Verification extends pulumi.ComponentResource {
  /** URL of each standard's verifier inside the cluster, once it is available. */
  readonly urls: Readonly<Record<StandardId, pulumi.Output<string>>>;
  /** What the tier may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: VerificationArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:verification:Verification", name, {}, options);
    const verifiers = standards.map((standard) => ({
      id: standard.id,
      workload: this.createVerifier(`${name}-${standard.id}`, args, standard),
    }));
    this.urls = Object.fromEntries(
      verifiers.map(({ id, workload }) => [id, workload.url]),
    ) as Verification["urls"];
    this.demands = verifiers.map(({ workload }) => workload.demand);
    this.registerOutputs({ urls: this.urls });
  }

  private createVerifier(name: string, args: VerificationArgs, standard: Standard & { id: StandardId }) {
    return new Workload(
      name,
      {
        platform: args.platform,
        workload: serviceNames.verifier(standard.id),
        component: "verifier",
        ...args.verifiers[standard.id],
        resources: args.resources,
        scratch: args.scratch,
        servicePort: servicePorts.verifier,
        settings: [...commonSettings, ...verifierSettings],
        credentials: args.credentials,
        env: { [standardVariable]: standard.id },
        heapBytes: heapOf(args.serviceMemory),
        // Engines outlive a job that was killed for its memory.
        shareProcessNamespace: true,
        terminationGracePeriodSeconds: args.verificationTimeout + storingSeconds,
      },
      { parent: this },
    );
  }
}
