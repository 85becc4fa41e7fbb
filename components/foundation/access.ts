import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./index.ts";
import { type Component, workloadLabels } from "./labels.ts";

/** What a workload may ask of the API server, in the terms of https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export interface ApiAccess {
  /** In each of these namespaces. @default none */
  readonly namespaced?: {
    readonly namespaces: readonly { readonly name: string; readonly namespace: pulumi.Input<string> }[];
    readonly rules: readonly Rule[];
  };
  /** In the whole cluster; for what has no namespace. @default none */
  readonly cluster?: readonly Rule[];
}

/** Verbs on resources, or on paths outside them. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Grantee {
  readonly platform: Platform;
  readonly workload: string;
  readonly component: Component;
  readonly access: ApiAccess;
}

/** Grants a workload's account what it needs. @returns names of the bindings, known once they are in force */
export function grantAccess(
  name: string,
  grantee: Grantee,
  parent: pulumi.Resource,
): pulumi.Output<string>[] {
  const { namespaced, cluster } = grantee.access;
  const bindings = (namespaced?.namespaces ?? []).map((place) =>
    bindIn(
      `${name}-${place.name}`,
      { grantee, namespace: place.namespace, rules: namespaced?.rules ?? [] },
      parent,
    ),
  );
  return cluster ? [...bindings, bindEverywhere(`${name}-cluster`, grantee, cluster, parent)] : bindings;
}

function bindIn(
  name: string,
  place: { grantee: Grantee; namespace: pulumi.Input<string>; rules: readonly Rule[] },
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const metadata = { ...identityOf(place.grantee), namespace: place.namespace };
  const role = new k8s.rbac.v1.Role(`${name}-role`, { metadata, rules: rulesOf(place.rules) }, { parent });
  const binding = new k8s.rbac.v1.RoleBinding(
    `${name}-rolebinding`,
    {
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: role.metadata.name },
      subjects: [subject(place.grantee)],
    },
    { parent },
  );
  return binding.metadata.name;
}

function bindEverywhere(
  name: string,
  grantee: Grantee,
  rules: readonly Rule[],
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const metadata = identityOf(grantee);
  const role = new k8s.rbac.v1.ClusterRole(`${name}-role`, { metadata, rules: rulesOf(rules) }, { parent });
  const binding = new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-rolebinding`,
    {
      metadata,
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role.metadata.name },
      subjects: [subject(grantee)],
    },
    { parent },
  );
  return binding.metadata.name;
}

/** Names carry the platform's namespace: several stacks may share a cluster, and the namespaces of its own, such as kube-system. */
function identityOf({ platform, workload, component }: Grantee) {
  return {
    name: pulumi.interpolate`${platform.namespace}:${workload}`,
    labels: workloadLabels(workload, component),
  };
}

const rbac = "rbac.authorization.k8s.io";

function subject({ platform, workload }: Grantee) {
  return { kind: "ServiceAccount", name: workload, namespace: platform.namespace };
}

function rulesOf(rules: readonly Rule[]): k8s.types.input.rbac.v1.PolicyRule[] {
  return rules.map(({ verbs, ...on }) => ({
    ...Object.fromEntries(Object.entries(on).map(([key, values]) => [key, [...values]])),
    verbs: [...verbs],
  }));
}
