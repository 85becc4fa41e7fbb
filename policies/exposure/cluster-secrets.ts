import {
  bindingsOf,
  grantingField,
  isForNamespacesOnly,
  namedResources,
  readingVerbs,
  roleRulesOf,
} from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** A ClusterRole that the set binds in single namespaces only is not for the cluster; one that nobody binds may be. */
export const clusterSecrets = stackRule({
  name: "cluster-secrets",
  severity: "mandatory",
  description: "No ClusterRole lets its holder read all Secrets.",
  why: "With the Secrets of all namespaces comes every password and token that is in the cluster.",
  reference: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
  yieldsTo: ["rbac-wildcards"],
  check(stack) {
    const isForNamespaces = isForNamespacesOnly(bindingsOf(stack));
    return roleRulesOf(stack, ["ClusterRole"])
      .filter((grant) => !grant.isNamed && namedResources(grant, ["secrets"], readingVerbs).length > 0)
      .filter(({ object }) => !isForNamespaces(object))
      .map((grant) => ({
        object: grant.object,
        path: grantingField(grant, readingVerbs),
        problem: `${grant.path} of the role grants the Secrets of every namespace`,
        fix: "Use a Role in each namespace, with resourceNames",
      }));
  },
});
