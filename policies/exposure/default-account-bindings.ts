import { bindingsOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** The account that Kubernetes makes in every namespace. */
export const defaultAccountBindings = stackRule({
  name: "default-account-bindings",
  severity: "mandatory",
  description: "No role is bound to the account `default`.",
  why: "Every pod of the namespace that names no account of its own gets these rights, whatever it is.",
  reference: "https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts",
  check: (stack) =>
    bindingsOf(stack).flatMap(({ object, role, subjects }) =>
      subjects
        .filter(({ kind, name }) => kind === "ServiceAccount" && name === "default")
        .map(({ path }) => ({
          object,
          path: `${path}.name`,
          problem: `role ${role.name} is bound to account default`,
          fix: "Make an account for the pods that need it, and name it in their serviceAccountName",
        })),
    ),
});
