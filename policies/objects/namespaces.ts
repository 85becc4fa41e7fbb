import type { StackObject } from "./stack.ts";
import { fields, texts } from "./values.ts";

/** The label that Kubernetes itself gives every namespace. */
export const namespaceLabel = "kubernetes.io/metadata.name";

/** Labels of a namespace, with the one that Kubernetes adds. */
export function labelsOfNamespace({ content, name }: StackObject): Record<string, string> {
  return { ...texts(fields(content.metadata).labels), [namespaceLabel]: name };
}
