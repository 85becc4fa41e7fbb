import {
  bindingsOf,
  grantingField,
  isForNamespacesOnly,
  namedResources,
  readingVerbs,
  roleRulesOf,
} from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** Of Roles, and of ClusterRoles that are bound in single namespaces only. */
export const namespaceSecrets = stackRule({
  name: "namespace-secrets",
  severity: "advisory",
  description: "Who may read Secrets of a namespace may read those that are named.",
  why: "The others' passwords are in the same namespace.",
  reference: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
  yieldsTo: ["rbac-wildcards"],
  check(stack) {
    const isForNamespaces = isForNamespacesOnly(bindingsOf(stack));
    return roleRulesOf(stack)
      .filter((grant) => !grant.isNamed && namedResources(grant, ["secrets"], readingVerbs).length > 0)
      .filter(({ object }) => object.kind === "Role" || isForNamespaces(object))
      .map((grant) => ({
        object: grant.object,
        path: grantingField(grant, readingVerbs),
        problem: `${grant.path} of the role grants all Secrets of the namespace`,
        fix: "Write resourceNames, or mount the Secrets into the pod that needs them",
      }));
  },
});
