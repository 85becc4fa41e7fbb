import { describeElsewhere, elsewhereIn, putTogether } from "../objects/elsewhere.ts";
import { peerNamespaces, policyRulesOf } from "../objects/network-policies.ts";
import { podsMadeByOthers } from "../objects/operators.ts";
import { describeSelector, isEmptySelector, selectorWords } from "../objects/selectors.ts";
import type { StackObject } from "../objects/stack.ts";
import { fields } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A NetworkPolicy that fits no pod fences nothing; a peer that fits none lets nobody in. */
export const networkPolicySelectors = stackRule({
  name: "network-policy-selectors",
  severity: "mandatory",
  description: "The pod selectors of a NetworkPolicy, its own and those of its peers, fit pods.",
  why: "What it should protect stays open, or what it should allow stays closed.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
  check(stack) {
    const mayBeMade = podsMadeByOthers(stack);
    const elsewhere = elsewhereIn(stack);
    const populated = new Set(stack.workloads.map(({ namespace }) => namespace));
    return stack.ofKind("NetworkPolicy").flatMap((object) =>
      selectorsOf(object).flatMap(({ path, who, selector, namespaces }) => {
        const places = peerNamespaces(stack, object, namespaces);
        if (isEmptySelector(selector) || places === undefined) return [];
        // A namespace without pods in the set is somebody else's, unless what the policy is about is elsewhere in it.
        const other = path === "spec.podSelector" ? elsewhere.selected(object, selector) : undefined;
        if (!other && places.some((place) => !populated.has(place))) return [];
        const words = selectorWords(selector);
        const isFound = places.some(
          (place) => stack.podsFitting(place, selector).length > 0 || mayBeMade(place, words),
        );
        if (isFound) return [];
        return [
          {
            object,
            path,
            problem: `${who} ${describeSelector(selector)}, which no pod of namespace ${places.join(" or ")} fits${describeElsewhere(other)}`,
            fix: other ? putTogether : "Select by labels of the pods' template",
          },
        ];
      }),
    );
  },
});

interface UsedSelector {
  readonly path: string;
  readonly who: string;
  readonly selector: unknown;
  /** Selector of the namespaces where the pods are; the policy's own where there is none. */
  readonly namespaces: unknown;
}

function selectorsOf({ content }: StackObject): UsedSelector[] {
  const peers = policyRulesOf(content).flatMap(({ direction, peers = [] }) =>
    peers.map(({ path, peer: { podSelector, namespaceSelector } }) => ({
      path: `${path}.podSelector`,
      who: `its ${direction} is ${direction === "egress" ? "to" : "from"}`,
      selector: podSelector,
      namespaces: namespaceSelector,
    })),
  );
  const own = fields(content.spec).podSelector;
  return [{ path: "spec.podSelector", who: "it is about", selector: own, namespaces: undefined }, ...peers];
}
