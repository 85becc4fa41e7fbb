import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./index.ts";
import { serviceHost } from "./settings.ts";

/**
 * Readiness is judged on the pods themselves. Awaited as well, a Service with a selector would add at least ten
 * seconds after its last change of endpoints (pulumi-kubernetes, provider/pkg/await/service.go).
 */
export const skipServiceAwait = { "pulumi.com/skipAwait": "true" };

/** DNS name of a Service, known to its dependants only once the pods behind it are ready. */
export function hostOnceReady(
  { namespace, clusterDomain }: Platform,
  service: k8s.core.v1.Service,
  pods: k8s.apps.v1.Deployment | k8s.apps.v1.StatefulSet | k8s.apiextensions.CustomResource,
): pulumi.Output<string> {
  return pulumi
    .all([service.metadata.name, namespace, pods.metadata.name])
    .apply(([name, place]) => serviceHost(name, { namespace: place, clusterDomain }));
}
