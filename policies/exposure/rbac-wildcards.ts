import { roleRulesOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** Each field by itself; `pods/*` and `*` of a subresource name something. */
export const rbacWildcards = stackRule({
  name: "rbac-wildcards",
  severity: "mandatory",
  description: "Roles list the groups, resources and verbs that they grant.",
  why: "A wildcard grants what nobody thought of, and whatever the API gets next.",
  reference: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  check: (stack) =>
    roleRulesOf(stack).flatMap(({ object, path, groups, resources, verbs, urls }) => {
      const granted = { apiGroups: groups, resources, verbs, nonResourceURLs: urls };
      return Object.entries(granted)
        .filter(([, words]) => words.includes("*"))
        .map(([field]) => ({
          object,
          path: `${path}.${field}`,
          problem: `${path} of the role grants all ${field}`,
          fix: "List those that are used",
        }));
    }),
});
