import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Spread } from "./spread.ts";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;
type Volume = k8s.types.input.core.v1.Volume;
type SecurityContext = k8s.types.input.core.v1.SecurityContext;

export interface HardenedPodArgs {
  /** Name of its ServiceAccount. */
  readonly account: pulumi.Input<string>;
  /** The account's token is mounted, for a pod that calls the API server. @default false */
  readonly apiAccess?: boolean;
  /** User and group that it runs as; the group owns its volumes. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Secrets of the namespace with which images are pulled. */
  readonly pullSecrets: readonly string[];
  /** Seconds between the request to end and the end by force. */
  readonly terminationGracePeriodSeconds: number;
  /** @default none */
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  /** @default "Always" */
  readonly restartPolicy?: "Always" | "Never";
  /**
   * The pod's containers see each other's processes, and its first process collects those whose parents have ended.
   * @default false
   */
  readonly shareProcessNamespace?: boolean;
  /** Over which nodes the pods of one workload go. @default the scheduler's own choice */
  readonly spread?: Spread;
}

/**
 * The specification of every pod here, as Pod Security `restricted` demands:
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function hardenedPod(args: HardenedPodArgs): PodSpec {
  const { uid, gid } = args.user;
  return {
    serviceAccountName: args.account,
    automountServiceAccountToken: args.apiAccess ?? false,
    enableServiceLinks: false,
    imagePullSecrets: args.pullSecrets.map((name) => ({ name })),
    terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: gid,
      fsGroup: gid,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(args.restartPolicy && { restartPolicy: args.restartPolicy }),
    ...(args.shareProcessNamespace && { shareProcessNamespace: true }),
    ...args.spread,
    ...(args.initContainers && { initContainers: args.initContainers.map(hardenedContainer) }),
    containers: args.containers.map(hardenedContainer),
    volumes: [...args.volumes],
  };
}

/** Of every container; the read-only root file system is more than `restricted` asks for. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} satisfies SecurityContext;

/** Asking the registry each time keeps pods from images that others with credentials have left on a node; layers stay cached. */
function hardenedContainer(container: Container): Container {
  return { imagePullPolicy: "Always", ...container, securityContext: containerSecurity };
}
