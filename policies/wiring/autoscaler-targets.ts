import { describeElsewhere, elsewhereIn, putTogether } from "../objects/elsewhere.ts";
import { isKind } from "../objects/kinds.ts";
import { madeByOperators } from "../objects/operators.ts";
import { scalersOf } from "../objects/scaling.ts";
import { fields } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** An autoscaler must scale something. */
export const autoscalerTargets = stackRule({
  name: "autoscaler-targets",
  severity: "mandatory",
  description: "The target of an autoscaler is a workload of its namespace.",
  why: "It scales nothing, and the load meets as many pods as there happen to be.",
  reference:
    "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work",
  check(stack) {
    const elsewhere = elsewhereIn(stack);
    const mayBeMade = madeByOperators(stack);
    const byNamespace = Map.groupBy(stack.workloads, ({ namespace }) => namespace);
    return scalersOf(stack).all.flatMap(({ object, path, target: { kind, name } }) => {
      const { namespace } = object;
      const others = byNamespace.get(namespace) ?? [];
      const other = elsewhere.named(object, kind, name);
      // Without workloads of its namespace, the set says nothing about who else is there, unless it has the target elsewhere;
      // operators have their own kinds.
      if (
        (others.length === 0 && !other) ||
        !isKind(
          { ...fields(fields(object.content.spec).scaleTargetRef), kind },
          "Deployment",
          "StatefulSet",
          "ReplicaSet",
          "ReplicationController",
        )
      )
        return [];
      if (stack.find(kind, namespace, name) || mayBeMade(namespace, [name])) return [];
      const same = others.find((one) => one.name === name);
      const hint = same ? `; there is ${same.kind} ${name}` : describeElsewhere(other);
      return [
        {
          object,
          path: `${path}.${same ? "kind" : "name"}`,
          problem: `it scales ${kind} ${name}, which is not in namespace ${namespace}${hint}`,
          fix: other && !same ? putTogether : "Write kind and name of the workload that it is for",
        },
      ];
    });
  },
});
