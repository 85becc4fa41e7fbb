import { type Peer, policyRulesOf, selectsAllPods } from "../objects/network-policies.ts";
import { fits } from "../objects/selectors.ts";
import type { Stack, StackObject } from "../objects/stack.ts";
import { fields, isSet, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Only the policy's own namespace: of another one, such as an ingress controller's, people rarely know the pods' labels. */
export const namespaceWidePeers = stackRule({
  name: "namespace-wide-peers",
  severity: "advisory",
  description: "NetworkPolicies name the pods of their own namespace that may come in.",
  why: "Whoever breaks into any pod of the namespace reaches what only some of them need, such as the database.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  check: (stack) =>
    stack.ofKind("NetworkPolicy").flatMap((object) =>
      policyRulesOf(object.content)
        .filter(({ direction }) => direction === "ingress")
        .flatMap(({ peers = [] }) => peers.filter((peer) => isWholeNamespace(stack, object, peer)))
        .map(({ path }) => ({
          object,
          path: `${path}.podSelector`,
          problem: "every pod of the namespace is let in",
          fix: "Write a podSelector with the labels of the pods that need it",
        })),
    ),
});

function isWholeNamespace(stack: Stack, { namespace }: StackObject, { peer }: Peer): boolean {
  if (isSet(peer.ipBlock) || !selectsAllPods(peer)) return false;
  if (!isSet(peer.namespaceSelector)) return isSet(peer.podSelector);
  const selector = fields(peer.namespaceSelector);
  // A selector of all namespaces is everybody, which is another rule's.
  if (Object.keys(fields(selector.matchLabels)).length === 0) return false;
  const own = stack.ofKind("Namespace").find(({ name }) => name === namespace);
  const labels = { ...texts(fields(own?.content.metadata).labels), "kubernetes.io/metadata.name": namespace };
  return fits(selector, labels);
}
