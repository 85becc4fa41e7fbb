import { bindingsOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

/** In a namespace, too: `cluster-admin` there may read its Secrets and change its policies. */
export const clusterAdmins = stackRule({
  name: "cluster-admins",
  severity: "mandatory",
  description: "Nobody is bound to cluster-admin, or is in the group system:masters.",
  why: "Whoever takes over one such account may do everything in the cluster, or in the namespace of the binding: read all Secrets, and change what should stop him.",
  reference: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  check: (stack) =>
    bindingsOf(stack).flatMap(({ object, role, subjects }) => {
      // The binding that Kubernetes makes itself.
      if (object.name === "cluster-admin") return [];
      if (role.name === "cluster-admin" && role.kind === "ClusterRole")
        return [
          {
            object,
            path: "roleRef.name",
            problem: `${subjects.map(({ kind, name }) => `${kind} ${name}`).join(", ") || "whoever is bound"} may do everything`,
            fix: "Bind a role that lists what is needed",
          },
        ];
      return subjects
        .filter(({ kind, name }) => kind === "Group" && name === "system:masters")
        .map(({ path }) => ({
          object,
          path: `${path}.name`,
          problem: "group system:masters is given a role, though it may do everything anyway",
          fix: "Name a group of your own",
        }));
    }),
});
