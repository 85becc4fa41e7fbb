import { isKind } from "../objects/kinds.ts";
import { placesAt } from "../objects/places.ts";
import { fields, isSet, list, text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** A grant is of verbs on resources of groups, or on URLs, which are in no namespace. */
export const completeGrants = objectRule({
  name: "complete-grants",
  severity: "mandatory",
  description:
    "Rules of roles name verbs, and groups with resources or URLs; bindings name the namespace of an account.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole",
  check(object): Violation[] {
    const root = { path: "", value: object };
    if (isKind(object, "Role", "ClusterRole"))
      return placesAt(root, "rules[]").flatMap(({ path, value }) =>
        problemsOfRule(path, fields(value), isKind(object, "Role")),
      );
    if (!isKind(object, "ClusterRoleBinding")) return [];
    return placesAt(root, "subjects[]").flatMap(({ path, value }) => {
      const { kind, name, namespace } = fields(value);
      if (kind !== "ServiceAccount" || isSet(namespace)) return [];
      const problem =
        `the binding does not say in which namespace ServiceAccount ${text(name) ?? "is"} is`.replace(
          "is is",
          "is",
        );
      return [{ path: `${path}.namespace`, problem, fix: "Write the namespace of the account" }];
    });
  },
});

function problemsOfRule(path: string, rule: ReturnType<typeof fields>, isOfNamespace: boolean): Violation[] {
  const has = (field: string) => list(rule[field]).length > 0;
  const missing = (field: string, fix: string) =>
    has(field) ? [] : [{ path: `${path}.${field}`, problem: `the rule names no ${field}`, fix }];
  const verbs = missing("verbs", "Write what is allowed, such as get");
  if (has("nonResourceURLs")) {
    const url = `${path}.nonResourceURLs`;
    if (isOfNamespace)
      return [
        ...verbs,
        { path: url, problem: "a Role is about URLs, which are in no namespace", fix: "Write a ClusterRole" },
      ];
    return has("resources") || has("apiGroups")
      ? [
          ...verbs,
          { path: url, problem: "one rule is about both resources and URLs", fix: "Write a rule for each" },
        ]
      : verbs;
  }
  return [
    ...verbs,
    ...missing("apiGroups", 'Write the groups of the resources, [""] for the core group'),
    ...missing("resources", "Write what it is about, such as pods"),
  ];
}
