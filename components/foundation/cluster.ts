import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Which cluster to deploy to. */
export interface ClusterConfig {
  /** Name of the kubeconfig context; never a default, so that nothing reaches a cluster by accident. */
  readonly context: string;
  /** Path or content of a kubeconfig. @default the CLI's own: KUBECONFIG, then the user's file */
  readonly kubeconfig?: string;
}

/** The connection to the cluster that the configuration names. */
export function connect(name: string, { context, kubeconfig }: ClusterConfig): k8s.Provider {
  return new k8s.Provider(name, {
    context,
    // It may hold a token.
    ...(kubeconfig && { kubeconfig: pulumi.secret(kubeconfig) }),
    // A stack is of one cluster: another name for it, or an edited kubeconfig, does not replace everything in it.
    clusterIdentifier: `${pulumi.getProject()}/${pulumi.getStack()}`,
    // Content changes in place; what reads it rolls by the checksum in its pods' annotations.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
}
