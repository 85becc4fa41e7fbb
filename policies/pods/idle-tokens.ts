import { apiClients, identityDomains } from "../data/api-clients.ts";
import { accountOf, grantsOf } from "../objects/grants.ts";
import type { StackObject, Workload } from "../objects/stack.ts";
import { textsBelow } from "../objects/texts.ts";
import { at, fields, ifKnown, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/**
 * Who writes `true` may know of a binding that is made elsewhere, so this warns, and only of accounts that are in the set, for pods
 * that show nothing of asking the API server. A token that nobody decided on is another rule's.
 */
export const idleTokens = stackRule({
  name: "idle-tokens",
  severity: "advisory",
  description:
    "A token of the API server is asked for only where some binding lets its account do something.",
  why: "Whoever breaks into the pod could ask the API server in its name, and the program in it has no use for that.",
  reference:
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
  check(stack) {
    const grants = grantsOf(stack);
    const accounts = new Map<StackObject, StackViolation>();
    const pods = stack.workloads.flatMap((object): StackViolation[] => {
      const account = accountOf(object);
      if (account === undefined || grants.mentions(object.namespace, account)) return [];
      const own = stack.find("ServiceAccount", object.namespace, account);
      if ((!own && account !== "default") || mayAsk(object, own)) return [];
      const given = object.pod.spec.automountServiceAccountToken;
      const problem = `account ${account}, whose token is asked for, is granted nothing here`;
      const fix = "Write automountServiceAccountToken: false, or bind the account to what it needs";
      if (given === true)
        return [{ object, path: `${object.pod.path}.automountServiceAccountToken`, problem, fix }];
      // All pods of an account are given its token by one line.
      if (given === undefined && own?.content.automountServiceAccountToken === true)
        accounts.set(own, { object: own, path: "automountServiceAccountToken", problem, fix });
      return [];
    });
    return [...pods, ...accounts.values()];
  },
});

/** Words of settings by which programs find the API server, or one of themselves to lead. */
const askingWords =
  /kubectl|kubeconfig|kubernetes|in-?cluster|leader-?elect|serviceaccount|(?:watch|pod)_namespace/i;

/** Whether anything shows that a pod uses its token: what its programs are called and told, or an identity by another name. */
function mayAsk(workload: Workload, own: StackObject | undefined): boolean {
  const names = [workload.name, ...workload.containers.map(({ name }) => name), ...imagesOf(workload)];
  if (names.some((name) => apiClients.some((word) => name.toLowerCase().includes(word)))) return true;
  const holders = [own?.content.metadata, workload.content.metadata, templateMetadata(workload)];
  const keys = holders.flatMap((one) =>
    ["labels", "annotations"].flatMap((sort) => Object.keys(fields(at(one, sort)))),
  );
  if (keys.some((key) => identityDomains.some((domain) => key.split("/")[0]?.endsWith(domain)))) return true;
  return workload.containers.some(({ container }) =>
    ["command", "args", "env"].some((field) =>
      textsBelow(ifKnown(() => container[field])).some(({ text: word }) => askingWords.test(word)),
    ),
  );
}

function imagesOf({ containers }: Workload): string[] {
  return containers.flatMap(({ container }) => ifKnown(() => text(container.image)) ?? []);
}

function templateMetadata({ content, pod }: Workload): unknown {
  return at(content, ...pod.path.split(".").slice(0, -1), "metadata");
}
