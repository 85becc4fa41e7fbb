import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** What Pod Security has to grant to operators: plain ones are `restricted`; Istio's and Longhorn's agents work on the node itself. */
const privileged = new Set(["istio-system", "longhorn-system"]);

/** A namespace of operators, fenced by Pod Security. */
export function clusterNamespace(
  name: string,
  namespace: string,
  options: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace {
  const level = privileged.has(namespace) ? "privileged" : "restricted";
  const modes = ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]);
  const labels = { "app.kubernetes.io/managed-by": "pulumi", ...Object.fromEntries(modes) };
  return new k8s.core.v1.Namespace(name, { metadata: { name: namespace, labels } }, options);
}
