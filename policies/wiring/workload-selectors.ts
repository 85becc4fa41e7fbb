import { isKind } from "../objects/kinds.ts";
import { podSpecOf } from "../objects/pods.ts";
import { describeSelector, fits } from "../objects/selectors.ts";
import { fields, isSet, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

const selecting = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

/** A controller must select the pods that it makes itself. */
export const workloadSelectors = objectRule({
  name: "workload-selectors",
  severity: "mandatory",
  description: "The selector of a workload fits the labels of its own pods' template.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
  check(object) {
    const pod = podSpecOf(object);
    const { selector } = fields(object.spec);
    // A patch of another object's has no containers, and leaves out more than the selector.
    if (!pod || list(pod.spec.containers).length === 0) return [];
    if (isKind(object, "ReplicationController"))
      // Its selector is a plain map, and the labels themselves where it has none.
      return fits({ matchLabels: selector }, pod.labels)
        ? []
        : [mismatch({ matchLabels: selector }, pod.labels)];
    if (!isKind(object, ...selecting)) return [];
    // Where there are no labels either, something adds both, as Kustomize does.
    if (!isSet(selector) && Object.keys(pod.labels).length === 0) return [];
    if (!isSet(selector))
      return [
        {
          path: "spec.selector",
          problem: `${text(object.kind)} ${text(fields(object.metadata).name) ?? ""} has no selector`.replace(
            "  ",
            " ",
          ),
          fix: `Write spec.selector.matchLabels with labels of its template, such as ${Object.entries(pod.labels)[0]?.join(": ")}`,
        },
      ];
    return fits(selector, pod.labels) ? [] : [mismatch(selector, pod.labels)];
  },
});

function mismatch(selector: unknown, labels: Readonly<Record<string, string>>) {
  const own = describeSelector({ matchLabels: labels });
  return {
    path: "spec.selector",
    problem: `it selects ${describeSelector(selector)}, but its template's labels are ${Object.keys(labels).length > 0 ? own : "none"}`,
    fix: "Write the same labels in both; a selector cannot be changed afterwards",
  };
}
