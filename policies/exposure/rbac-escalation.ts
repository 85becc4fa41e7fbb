import { grantingField, namedResources, type RoleRule, roleRulesOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** Verbs that lift the API server's own check, and resources that stand for somebody else's rights. */
export const rbacEscalation = stackRule({
  name: "rbac-escalation",
  severity: "mandatory",
  description:
    "No role lets its holder take further rights: by escalate, bind, impersonate, tokens, certificates, webhooks or nodes.",
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
  const { verbs, resources } = grant;
  const risen = ["escalate", "bind", "impersonate"].filter((verb) => verbs.includes(verb));
  const byVerb = risen.length > 0 ? [{ path: `${grant.path}.verbs`, what: risen.join(" and ") }] : [];
  const risky = [
    { of: ["serviceaccounts/token"], by: ["create"] },
    { of: ["certificatesigningrequests/approval"], by: ["update", "patch"] },
    { of: ["signers"], by: ["approve", "sign"] },
    { of: ["nodes/proxy"], by: ["get", "create"] },
    { of: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"], by: write },
  ];
  const byResource = risky
    .filter(({ of, by }) => namedResources(grant, of, by).length > 0)
    .map(({ of, by }) => ({
      path: grantingField(grant, by),
      what: `changes or use of ${resources.filter((one) => of.includes(one)).join(" and ")}`,
    }));
  return [...byVerb, ...byResource];
}
