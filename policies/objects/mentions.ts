import type { KubernetesObject } from "./object.ts";
import type { Stack, StackObject } from "./stack.ts";
import { deepest, fields, ifKnown } from "./values.ts";

/** Whether an object other than this one has a word that is its name, anywhere but where it names or labels its own parts. */
type Mentions = (object: StackObject) => boolean;

/** Lists that Kubernetes' objects name the entries of: such a name refers to nothing. */
const ownNames = /^(containers|initContainers|ephemeralContainers|volumes|volumeMounts|ports|env)$/;

/**
 * Finds objects that others mention in ways of their own: arguments of controllers (`--configmap=shop/settings`), roles,
 * annotations, custom resources, files.
 */
export function mentionsIn(stack: Stack): Mentions {
  const mentioned = new Map<string, KubernetesObject | "several">();
  for (const { content } of stack.objects)
    for (const word of new Set(wordsOf(content)))
      mentioned.set(word, mentioned.has(word) && mentioned.get(word) !== content ? "several" : content);
  return ({ name, content }) => {
    const by = mentioned.get(name);
    return by !== undefined && by !== content;
  };
}

function* wordsOf(content: KubernetesObject): Generator<string> {
  for (const key of Object.keys(content)) {
    const value = ifKnown(() => content[key]);
    yield* words(key === "metadata" ? fields(value).annotations : value, key);
  }
}

function* words(value: unknown, holder: string, depth = 0): Generator<string> {
  if (depth > deepest) return;
  if (typeof value === "string") {
    // Longer texts are dashboards and certificates: whoever mentions an object does so in a line.
    if (value.length < 20_000) yield* value.match(/[a-z0-9]([a-z0-9.-]*[a-z0-9])?/g) ?? [];
  } else if (Array.isArray(value)) {
    for (const item of value) yield* words(item, holder, depth + 1);
  } else if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      const inner = ifKnown(() => (value as Record<string, unknown>)[key]);
      if (key === "labels" || key === "selector" || (key === "name" && ownNames.test(holder))) continue;
      yield* words(inner, key, depth + 1);
    }
  }
}
