import { namesNamespace } from "./namespaces.ts";
import { fits } from "./selectors.ts";
import { fewest, type Stack, type StackObject, type Workload } from "./stack.ts";
import { fields, texts } from "./values.ts";

/**
 * Finds in other namespaces what an object looks for in its own, where its names and selectors end. Only what says its namespace
 * is elsewhere: all other objects go wherever somebody applies them to, which may be the same place.
 */
export interface Elsewhere {
  /** An object of a kind of Kubernetes, by its name. */
  named(from: StackObject, kind: string, name: string): StackObject | undefined;
  /** A workload whose pods fit a LabelSelector; none for one without `matchLabels`, which fits strangers. */
  selected(from: StackObject, selector: unknown): Workload | undefined;
}

export function elsewhereIn(stack: Stack): Elsewhere {
  const byName = Map.groupBy(stack.objects.filter(namesNamespace), ({ kind, name }) => `${kind} ${name}`);
  const byLabel = Map.groupBy(
    stack.workloads
      .filter(namesNamespace)
      .flatMap((workload) =>
        Object.entries(workload.labels).map(([key, value]) => ({ label: `${key}=${value}`, workload })),
      ),
    ({ label }) => label,
  );
  const isApart = (from: StackObject, { namespace }: StackObject) =>
    namespace !== from.namespace && namesNamespace(from) === true;
  return {
    named: (from, kind, name) =>
      byName
        .get(`${kind} ${name}`)
        ?.find((one) => isApart(from, one) && stack.find(kind, one.namespace, name) === one),
    selected(from, selector) {
      const lists = Object.entries(texts(fields(selector).matchLabels)).map(
        (pair) => byLabel.get(pair.join("=")) ?? [],
      );
      const candidates = fewest(lists);
      return candidates.find(({ workload }) => isApart(from, workload) && fits(selector, workload.labels))
        ?.workload;
    },
  };
}

/** What to do about it. */
export const putTogether = "Put both into one namespace";

/** What a message adds of something that is elsewhere; "" where nothing is. */
export function describeElsewhere(found: StackObject | undefined): string {
  return found === undefined ? "" : `; ${found.kind} ${found.name} is in namespace ${found.namespace}`;
}
