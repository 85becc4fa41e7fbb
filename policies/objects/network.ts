import { fits } from "./selectors.ts";
import type { Stack, StackObject } from "./stack.ts";
import { fields, isSet, list, text, texts } from "./values.ts";

/** The label that Kubernetes itself gives every namespace. */
export const namespaceLabel = "kubernetes.io/metadata.name";

/** Names of the namespaces that a peer of a NetworkPolicy is in; undefined where the set does not say. */
export function peerNamespaces(stack: Stack, policy: StackObject, selector: unknown): string[] | undefined {
  if (!isSet(selector)) return [policy.namespace];
  const name = texts(fields(selector).matchLabels)[namespaceLabel];
  if (name !== undefined) return [name];
  if (isEmptySelector(selector)) return undefined;
  const found = stack
    .ofKind("Namespace")
    .filter((namespace) => fits(selector, labelsOfNamespace(namespace)))
    .map((namespace) => namespace.name);
  return found.length > 0 ? found : undefined;
}

/** Labels of a namespace, with the one that Kubernetes adds. */
export function labelsOfNamespace({ content, name }: StackObject): Record<string, string> {
  return { ...texts(fields(content.metadata).labels), [namespaceLabel]: name };
}

/** Whether a LabelSelector fits everything. */
export function isEmptySelector(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = fields(selector);
  return Object.keys(fields(matchLabels)).length === 0 && list(matchExpressions).length === 0;
}

/** The directions that a NetworkPolicy isolates its pods in: ingress unless it says otherwise, egress if it has rules for it. */
export function policyTypesOf({ content }: StackObject): readonly string[] {
  const { policyTypes, egress } = fields(content.spec);
  const given = list(policyTypes).flatMap((type) => text(type) ?? []);
  return given.length > 0 ? given : ["Ingress", ...(isSet(egress) ? ["Egress"] : [])];
}
