import { describeSelector, isEmptySelector } from "../objects/selectors.ts";
import { fileOf } from "../objects/sources.ts";
import { identityOf, type Stack, type StackObject, type Workload } from "../objects/stack.ts";
import { fields } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Two controllers whose selectors fit each other's pods take them from each other. */
export const overlappingSelectors = stackRule({
  name: "overlapping-selectors",
  severity: "mandatory",
  description: "The selector of a workload fits no pods of another one.",
  why: "Controllers that fit the same pods count and delete each other's, and an HPA or a budget takes them for one.",
  reference: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
  check(stack) {
    const controllers = stack.workloads.filter(({ kind }) =>
      ["Deployment", "StatefulSet", "DaemonSet"].includes(kind),
    );
    const areAlternatives = alternativesIn(stack);
    return controllers.flatMap((object) => {
      const { selector } = fields(object.content.spec);
      if (isEmptySelector(selector)) return [];
      const other = stack
        .podsFitting(object.namespace, selector)
        .find(
          (one) =>
            one.content !== object.content &&
            isController(one) &&
            !isSame(one, object) &&
            !areAlternatives(one, object),
        );
      if (!other) return [];
      return [
        {
          object,
          path: "spec.selector",
          problem: `it selects ${describeSelector(selector)}, which pods of ${other.kind} ${other.name} fit too`,
          fix: "Add a label that only its own pods have, to the selector and to the template",
        },
      ];
    });
  },
});

/** A Job's pods have an owner and a selector that Kubernetes makes; nobody adopts them. */
function isController({ kind }: Workload): boolean {
  return ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"].includes(kind);
}

/**
 * Whether two objects are of files that describe a third one each: such files are not applied together. A namespace, which many
 * files repeat, says nothing.
 */
function alternativesIn(stack: Stack): (one: StackObject, other: StackObject) => boolean {
  const described = Map.groupBy(
    stack.objects.filter(({ kind, name }) => kind !== "Namespace" && name !== ""),
    fileOf,
  );
  const identities = new Map(
    [...described].map(([file, objects]) => [file, new Set(objects.map(identityOf))]),
  );
  const known = new Map<string, boolean>();
  return (one, other) => {
    const [file, otherFile] = [fileOf(one), fileOf(other)];
    if (file === otherFile) return false;
    const pair = `${file}\n${otherFile}`;
    const others = identities.get(otherFile);
    const answer =
      known.get(pair) ?? [...(identities.get(file) ?? [])].some((identity) => others?.has(identity));
    known.set(pair, answer);
    return answer;
  };
}

/** The same object twice is another rule's matter. */
function isSame(one: Workload, other: Workload): boolean {
  return one.kind === other.kind && one.name === other.name;
}
