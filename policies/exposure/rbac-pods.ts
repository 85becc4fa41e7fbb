import { grantingField, namedResources, roleRulesOf } from "../objects/rbac.ts";
import { stackRule } from "../rule.ts";

const powers = [
  {
    of: ["pods/exec", "pods/attach", "pods/ephemeralcontainers"],
    by: ["create", "get", "update", "patch"],
    what: "commands in every pod",
  },
  {
    of: ["pods/portforward", "pods/proxy", "services/proxy"],
    by: ["create", "get"],
    what: "ways past every NetworkPolicy",
  },
  {
    of: [
      "pods",
      "deployments",
      "daemonsets",
      "statefulsets",
      "replicasets",
      "replicationcontrollers",
      "jobs",
      "cronjobs",
    ],
    by: ["create", "update", "patch"],
    what: "pods of any account, with any Secret",
  },
];

/** Legitimate for controllers and for people who run a cluster, which is why it is advice. */
export const rbacPods = stackRule({
  name: "rbac-pods",
  severity: "advisory",
  description: "Few may start pods, or reach into those that run.",
  why: "A pod has the rights and the Secrets of any account of its namespace, and so has whoever starts it or gets into it.",
  reference: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
  yieldsTo: ["rbac-wildcards"],
  check: (stack) =>
    roleRulesOf(stack)
      .filter(({ isNamed }) => !isNamed)
      .flatMap((grant) =>
        powers.flatMap(({ of, by, what }) => {
          const found = namedResources(grant, of, by);
          if (found.length === 0) return [];
          const problem = `${grant.path} of the role grants ${what} (${found.join(", ")})`;
          return [
            {
              object: grant.object,
              path: grantingField(grant, by),
              problem,
              fix: "Remove it from the role, unless that is what the holder is for",
            },
          ];
        }),
      ),
});
