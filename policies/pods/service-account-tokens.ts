import type { Stack, Workload } from "../objects/stack.ts";
import { at, fields, ifKnown, isSet, list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/**
 * A pod gets a token of the API server only where its account may do something with it. Who writes `true` has decided; an
 * account that is not in the set may be granted something elsewhere.
 */
export const serviceAccountTokens = stackRule({
  name: "service-account-tokens",
  severity: "mandatory",
  description: "A pod that has nothing to ask of the API server gets no token for it.",
  why: "Whoever breaks into the pod could ask the API server in its name.",
  reference:
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
  check(stack) {
    const granted = grantedAccounts(stack);
    return stack.workloads.flatMap((object) => {
      const { pod, namespace } = object;
      if (isSet(pod.spec.automountServiceAccountToken)) return [];
      const account = accountOf(object);
      if (account === undefined || granted.has(`${namespace}/${account}`)) return [];
      const own = stack.find("ServiceAccount", namespace, account);
      if (own?.content.automountServiceAccountToken === false || (!own && account !== "default")) return [];
      return [
        {
          object,
          path: `${pod.path}.automountServiceAccountToken`,
          problem: `the pod is given the token of account ${account}, which is granted nothing`,
          fix: "Write automountServiceAccountToken: false",
        },
      ];
    });
  },
});

/** The account that a pod runs as; undefined where a preview does not know it yet. */
function accountOf({ pod }: Workload): string | undefined {
  return ifKnown(() => text(pod.spec.serviceAccountName) ?? text(pod.spec.serviceAccount) ?? "default");
}

/** Accounts that some binding of the set grants something, as `NAMESPACE/NAME`. */
function grantedAccounts(stack: Stack): Set<string> {
  const bindings = [...stack.ofKind("RoleBinding"), ...stack.ofKind("ClusterRoleBinding")];
  return new Set(
    bindings.flatMap(({ content, namespace }) =>
      list(at(content, "subjects")).flatMap((subject) => {
        const { kind, name, namespace: own } = fields(subject);
        if (kind !== "ServiceAccount") return [];
        return ifKnown(() => [`${text(own) ?? namespace}/${text(name)}`]) ?? [];
      }),
    ),
  );
}
