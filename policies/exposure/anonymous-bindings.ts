import { bindingsOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** Kubernetes itself lets everybody see these. */
const published = new Set(["system:public-info-viewer", "system:discovery", "system:basic-user"]);

const everybody: ReadonlyMap<string, string> = new Map([
  ["system:anonymous", "whoever reaches the API server"],
  ["system:unauthenticated", "whoever reaches the API server"],
  ["system:authenticated", "everybody who can log in at all"],
  ["system:serviceaccounts", "every account of every namespace"],
]);

/** Bindings of users and groups that everybody is, or is in. */
export const anonymousBindings = stackRule({
  name: "anonymous-bindings",
  severity: "mandatory",
  description: "Roles are bound to somebody: not to anonymous users, nor to everybody who is logged in.",
  why: "What is granted to everybody is granted to whoever breaks into anything.",
  reference: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles",
  check: (stack) =>
    bindingsOf(stack)
      .filter(({ role }) => !published.has(role.name))
      .flatMap(({ object, role, subjects }) =>
        subjects.flatMap(({ path, kind, name }) => {
          const who = kind === "ServiceAccount" ? undefined : everybody.get(name);
          if (who === undefined) return [];
          const problem = `${name}, that is ${who}, gets role ${role.name}`;
          return [{ object, path: `${path}.name`, problem, fix: "Bind the accounts or groups that need it" }];
        }),
      ),
});
