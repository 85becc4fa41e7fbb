import { grantingField, namedResources, roleRulesOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

const resources = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"];
const change = ["create", "update", "patch", "delete", "deletecollection"];

/** The API server lets nobody grant more than he has, but for verbs that `rbac-escalation` is about. */
export const rbacRoles = stackRule({
  name: "rbac-roles",
  severity: "advisory",
  description: "Few may change roles and bindings.",
  why: "Whoever may hands all of his rights to any account, and so keeps them when he is found out, or takes from others what they need to work.",
  reference: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
  yieldsTo: ["rbac-wildcards"],
  check: (stack) =>
    roleRulesOf(stack)
      .filter(({ isNamed }) => !isNamed)
      .flatMap((grant) => {
        const found = namedResources(grant, resources, change);
        if (found.length === 0) return [];
        const problem = `${grant.path} of the role grants changes of ${found.join(", ")}`;
        return [
          {
            object: grant.object,
            path: grantingField(grant, change),
            problem,
            fix: "Remove it, or list resourceNames",
          },
        ];
      }),
});
