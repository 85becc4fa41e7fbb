import { labelsOfNamespace, namespaceLabel } from "../objects/namespaces.ts";
import { policyRulesOf } from "../objects/network-policies.ts";
import { fits } from "../objects/selectors.ts";
import type { Stack, StackObject } from "../objects/stack.ts";
import { fields, list, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Namespaces are selected by labels that they have: only one of these is certain. */
export const namespaceSelectors = stackRule({
  name: "namespace-selectors",
  severity: "advisory",
  description: `A NetworkPolicy selects namespaces by labels that they have, best by ${namespaceLabel}.`,
  why: "A selector that fits no namespace lets nobody through, and DNS or callers are cut off.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name",
  check(stack) {
    const namespaces = stack.ofKind("Namespace");
    return stack.ofKind("NetworkPolicy").flatMap((object) =>
      selectorsOf(object).flatMap(({ path, selector }) => {
        if (namespaces.some((namespace) => fits(selector, labelsOfNamespace(namespace)))) return [];
        const problem = problemOf(stack, selector);
        const name = Object.values(texts(fields(selector).matchLabels))[0];
        return problem === undefined
          ? []
          : [{ object, path, problem, fix: `Write ${namespaceLabel}: ${name}, which every namespace has` }];
      }),
    );
  },
});

function selectorsOf({ content }: StackObject): { path: string; selector: unknown }[] {
  return policyRulesOf(content)
    .flatMap(({ peers = [] }) => peers)
    .filter(({ peer }) => peer.namespaceSelector !== undefined)
    .map(({ path, peer }) => ({ path: `${path}.namespaceSelector`, selector: peer.namespaceSelector }));
}

const systemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "default"];

/**
 * Judged are selectors of one label alone. A namespace that the set makes has its labels there; that of another owner may have
 * any, but one whose label repeats its name, as `name: ingress-nginx`, was once written by hand in tutorials.
 */
function problemOf(stack: Stack, selector: unknown): string | undefined {
  const { matchLabels, matchExpressions } = fields(selector);
  const [label, ...more] = Object.entries(texts(matchLabels));
  if (!label || more.length > 0 || list(matchExpressions).length > 0) return undefined;
  const [key, value] = label;
  if (key === namespaceLabel) return undefined;
  const shown = `it selects namespaces by ${key}: ${value}`;
  if (stack.ofKind("Namespace").some(({ name }) => name === value))
    return `${shown}, and namespace ${value} has no such label`;
  if (systemNamespaces.includes(value)) return `${shown}, a label that Kubernetes does not give ${value}`;
  return key === "name" ? `${shown}, a label that no namespace has by itself` : undefined;
}
