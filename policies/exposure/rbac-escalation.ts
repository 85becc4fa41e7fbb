import { grantingField, namedResources, type RoleRule, roleRulesOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** Verbs that lift the API server's own check, and resources that stand for somebody else's rights. */
export const rbacEscalation = stackRule({
  name: "rbac-escalation",
  severity: "mandatory",
  description:
    "No role lets its holder take further rights: by escalate, bind, impersonate, tokens, certificates, webhooks, nodes, volumes or labels of namespaces.",
  why: "Whoever takes over its holder makes himself administrator of the cluster.",
  reference: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
  yieldsTo: ["rbac-wildcards"],
  check: (stack) =>
    roleRulesOf(stack).flatMap((grant) =>
      stepsOf(grant).map(({ path, what }) => ({
        object: grant.object,
        path,
        problem: `${grant.path} of the role grants ${what}`,
        fix: "Remove it, or narrow it by resourceNames to what is meant",
      })),
    ),
});

const write = ["create", "update", "patch"];

function stepsOf(grant: RoleRule): { path: string; what: string }[] {
  if (grant.isNamed) return [];
  const { verbs } = grant;
  const risen = ["escalate", "bind", "impersonate"].filter((verb) => verbs.includes(verb));
  const byVerb = risen.length > 0 ? [{ path: `${grant.path}.verbs`, what: risen.join(" and ") }] : [];
  const risky = [
    { of: ["serviceaccounts/token"], by: ["create"] },
    { of: ["certificatesigningrequests/approval"], by: ["update", "patch"] },
    { of: ["signers"], by: ["approve", "sign"] },
    { of: ["nodes/proxy"], by: ["get", "create"] },
    {
      of: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
      by: [...write, "delete", "deletecollection"],
    },
    // A volume may be any folder of a node; a label of a namespace is what Pod Security lets its pods do.
    { of: ["persistentvolumes"], by: write },
    { of: ["namespaces"], by: ["update", "patch"] },
  ];
  const byResource = risky
    .map(({ of, by }) => ({ found: namedResources(grant, of, by), path: grantingField(grant, by) }))
    .filter(({ found }) => found.length > 0)
    .map(({ found, path }) => ({ path, what: `changes or use of ${found.join(" and ")}` }));
  return [...byVerb, ...byResource];
}
