import type { Stack, StackObject } from "./stack.ts";
import { fields, texts } from "./values.ts";

/** Groups of Kubernetes itself; everything else is a custom resource. `x-k8s.io` are projects beside it. */
const builtIn = /^(|apps|batch|autoscaling|policy|extensions|events|(.+\.)?k8s\.io)$/;

/** Custom resources that configure others, and never have pods themselves. */
const configures =
  /(Monitor|Rule|Probe|Config|Certificate|Issuer|VirtualService|Gateway|Route|Policy|Secret|Store|Middleware|ScaledObject|Binding|Entry|Authentication|Kustomization|Repository)$/;

/** Whether somebody else may make an object of this namespace that is called, or labelled, with one of these words. */
export type MayBeMade = (namespace: string, words: readonly string[]) => boolean;

/**
 * Looks for operators' custom resources: their pods, Services and Secrets are in no set of manifests. They carry the name of
 * their resource in their own (`db-app` of the cluster `db`), and the name or the kind in their labels.
 */
export function madeByOperators(stack: Stack): MayBeMade {
  const custom = Map.groupBy(
    stack.objects.filter(({ group, kind }) => !builtIn.test(group) && !configures.test(kind)),
    ({ namespace }) => namespace,
  );
  return (namespace, words) =>
    (custom.get(namespace) ?? []).some((resource) =>
      words.some((word) => isOf(resource, word.toLowerCase())),
    );
}

function isOf({ name, kind, content }: StackObject, word: string): boolean {
  if (name !== "" && word.includes(name)) return true;
  return word === kind.toLowerCase() || Object.values(texts(fields(content.metadata).labels)).includes(word);
}
