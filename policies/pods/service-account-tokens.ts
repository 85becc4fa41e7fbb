import { accountOf, grantsOf } from "../objects/grants.ts";
import type { Workload } from "../objects/stack.ts";
import { isSet } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/**
 * A pod gets a token of the API server only where its account may do something with it. An account that is not in the set may be
 * granted something elsewhere.
 */
export const serviceAccountTokens = stackRule({
  name: "service-account-tokens",
  severity: "mandatory",
  description: "A pod that has nothing to ask of the API server gets no token for it.",
  why: "Whoever breaks into the pod could ask the API server in its name.",
  reference:
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
  check(stack) {
    const grants = grantsOf(stack);
    const users = Map.groupBy(stack.workloads, (workload) => `${workload.namespace} ${accountOf(workload)}`);
    const hands = stack.ofKind("ServiceAccount").filter((account) => {
      const { namespace, name, content } = account;
      if (content.automountServiceAccountToken === false || grants.mentions(namespace, name)) return false;
      if (name === defaultAccount) return true;
      const isUsed = users.get(`${namespace} ${name}`)?.some((pod) => !decides(pod)) ?? false;
      return content.automountServiceAccountToken === true && isUsed;
    });
    const known = new Set(hands);
    const ofAccounts = hands.map((object) => ({
      object,
      path: "automountServiceAccountToken",
      problem: `account ${object.name}, which is granted nothing, hands its token to every pod`,
      fix,
    }));
    const ofPods = stack.workloads.flatMap((object) => {
      const { pod, namespace } = object;
      if (pod.spec.automountServiceAccountToken === false) return [];
      const account = accountOf(object);
      if (account === undefined || grants.mentions(namespace, account)) return [];
      const own = stack.find("ServiceAccount", namespace, account);
      if (!own && account !== defaultAccount) return [];
      // What the account decides is said of the account.
      const isDecided = own?.content.automountServiceAccountToken === false || (own && known.has(own));
      if (!decides(object) && isDecided) return [];
      return [
        {
          object,
          path: `${pod.path}.automountServiceAccountToken`,
          problem: `the pod is given the token of account ${account}, which is granted nothing`,
          fix,
        },
      ];
    });
    return [...ofAccounts, ...ofPods];
  },
});

const fix = "Write automountServiceAccountToken: false";

/** Pods that name no account are of this one, which every namespace has. */
const defaultAccount = "default";

/** Whether a pod says by itself if it wants a token, whatever its account says. */
function decides({ pod }: Workload): boolean {
  return isSet(pod.spec.automountServiceAccountToken);
}
