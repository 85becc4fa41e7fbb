import { accountOf, grantsOf } from "../objects/grants.ts";
import { isSet } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/**
 * A pod gets a token of the API server only where its account may do something with it. Who writes `true`, for the pod or its
 * account, has decided; an account that is not in the set may be granted something elsewhere.
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
    return stack.workloads.flatMap((object) => {
      const { pod, namespace } = object;
      if (isSet(pod.spec.automountServiceAccountToken)) return [];
      const account = accountOf(object);
      if (account === undefined || grants.mentions(namespace, account)) return [];
      const own = stack.find("ServiceAccount", namespace, account);
      if (isSet(own?.content.automountServiceAccountToken) || (!own && account !== "default")) return [];
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
