import { madeByOperators } from "../objects/operators.ts";
import type { Stack, StackObject } from "../objects/stack.ts";
import { fields, ifKnown, isSet, list, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** A binding must bind a role that exists to accounts that exist. */
export const roleBindings = stackRule({
  name: "role-bindings",
  severity: "mandatory",
  description: "RoleBindings and ClusterRoleBindings name roles and accounts that exist.",
  why: "The account may not do what it needs, or whoever makes one of that name later is granted it.",
  reference:
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding",
  check(stack) {
    const mayBeMade = madeByOperators(stack);
    const names = new Set(stack.ofKind("ClusterRole").map(({ name }) => name));
    const accounts = new Map(stack.ofKind("ServiceAccount").map((one) => [one.name, one]));
    const isRole = (kind: string, namespace: string, name: string) =>
      kind === "ClusterRole" ? names.has(name) : stack.find("Role", namespace, name) !== undefined;
    return [...stack.ofKind("RoleBinding"), ...stack.ofKind("ClusterRoleBinding")].flatMap((object) => {
      const role = fields(object.content.roleRef);
      const found: StackViolation[] = [];
      const kind = text(role.kind) ?? "";
      const name = ifKnown(() => text(role.name));
      const isMissing = name !== undefined && name !== "" && !isRole(kind, object.namespace, name);
      if (isMissing && kind === "Role" && names.has(name)) {
        const problem = `it grants Role ${name}, which is not there in namespace ${object.namespace}; ${name} is a ClusterRole`;
        found.push({ object, path: "roleRef.kind", problem, fix: "Write kind: ClusterRole" });
      } else if (isMissing && isRoleEvident(stack, object, kind, name)) {
        const where = kind === "Role" ? ` in namespace ${object.namespace}` : "";
        const problem = `it grants ${kind} ${name}, which is not there${where}`;
        found.push({ object, path: "roleRef.name", problem, fix: "Name a role that is, or make this one" });
      }
      const subjects = list(object.content.subjects).flatMap((item, index): StackViolation[] => {
        const account = fields(item);
        const who = ifKnown(() => text(account.name));
        const namespace = ifKnown(() => text(account.namespace)) ?? object.namespace;
        if (account.kind !== "ServiceAccount" || !who || who === "default") return [];
        if (stack.find("ServiceAccount", namespace, who) || mayBeMade(namespace, [who])) return [];
        const other = accounts.get(who);
        // An account that names no namespace goes wherever somebody applies it to.
        if (other && !isSet(fields(other.content.metadata).namespace)) return [];
        // Where the set makes no account of the namespace, it says nothing about who else is there.
        if (!other && !isComplete(stack.ofKind("ServiceAccount", namespace))) return [];
        const hint = other ? `; one of that name is in namespace ${other.namespace}` : "";
        const path = other ? `subjects[${index}].namespace` : `subjects[${index}].name`;
        const problem = `it grants to ServiceAccount ${who}, which is not in namespace ${namespace}${hint}`;
        return [{ object, path, problem, fix: "Name an account that is, and its namespace" }];
      });
      return [...found, ...subjects];
    });
  },
});

/** Whether the set can be taken to make the role: not Kubernetes' own ones, nor where it makes no other. */
function isRoleEvident(stack: Stack, { namespace }: StackObject, kind: string, name: string): boolean {
  if (kind === "Role") return !namespace.startsWith("kube-") && isComplete(stack.ofKind("Role", namespace));
  if (kind !== "ClusterRole" || name.startsWith("system:") || builtIn.has(name)) return false;
  return isComplete(stack.ofKind("ClusterRole"));
}

function isComplete(others: readonly StackObject[]): boolean {
  return others.length > 0 && others.every(({ name }) => name !== "");
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const builtIn = new Set(["cluster-admin", "admin", "edit", "view"]);
