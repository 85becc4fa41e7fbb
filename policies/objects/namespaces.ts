import type { StackObject } from "./stack.ts";
import { fields, ifKnown, isSet, texts } from "./values.ts";

/** The label that Kubernetes itself gives every namespace. */
export const namespaceLabel = "kubernetes.io/metadata.name";

/** Whether an object says where it is, or goes wherever it is applied; undefined where a preview does not know it yet. */
export function namesNamespace({ content }: StackObject): boolean | undefined {
  return ifKnown(() => isSet(fields(content.metadata).namespace));
}

/** Labels of a namespace, with the one that Kubernetes adds. */
export function labelsOfNamespace({ content, name }: StackObject): Record<string, string> {
  return { ...texts(fields(content.metadata).labels), [namespaceLabel]: name };
}
