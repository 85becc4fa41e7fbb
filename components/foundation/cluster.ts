import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterConfig } from "../../config/index.ts";

/** The connection to the cluster that the configuration names. */
export function connect(name: string, { context, kubeconfig }: ClusterConfig): k8s.Provider {
  return new k8s.Provider(name, {
    context,
    // It may hold a token.
    ...(kubeconfig && { kubeconfig: pulumi.secret(kubeconfig) }),
    // The context's name stands for the cluster: an edited kubeconfig does not replace everything in it.
    clusterIdentifier: context,
    // Content changes in place; what reads it rolls by the checksum in its pods' annotations.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
}
