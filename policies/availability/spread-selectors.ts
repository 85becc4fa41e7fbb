import { describeSelector, fits } from "../objects/selectors.ts";
import type { Stack, Workload } from "../objects/stack.ts";
import { fields, isSet, list } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** What spreads pods has to count these pods. */
export const spreadSelectors = stackRule({
  name: "spread-selectors",
  severity: "mandatory",
  description: "Spread constraints select the workload's own pods, and anti-affinity pods that exist.",
  why: "The scheduler counts other pods than these, and may put all of them on one node.",
  reference:
    "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#topologyspreadconstraints-field",
  check(stack) {
    return stack.workloads.flatMap((object) => [...ofConstraints(object), ...ofAntiAffinity(stack, object)]);
  },
});

function ofConstraints(object: Workload): StackViolation[] {
  return list(object.pod.spec.topologySpreadConstraints).flatMap((item, index) => {
    const { labelSelector } = fields(item);
    const path = `${object.pod.path}.topologySpreadConstraints[${index}].labelSelector`;
    if (isSet(labelSelector) && fits(labelSelector, object.labels)) return [];
    const problem = isSet(labelSelector)
      ? `constraint ${index} counts pods of ${describeSelector(labelSelector)}, which its own are not`
      : `constraint ${index} has no labelSelector, and counts no pod`;
    return [{ object, path, problem, fix }];
  });
}

const fix = "Write labels of the pods' template as matchLabels";

function ofAntiAffinity(stack: Stack, object: Workload): StackViolation[] {
  const { podAntiAffinity } = fields(object.pod.spec.affinity);
  const anti = fields(podAntiAffinity);
  const path = `${object.pod.path}.affinity.podAntiAffinity`;
  const required = list(anti.requiredDuringSchedulingIgnoredDuringExecution).map((term, index) => ({
    path: `${path}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`,
    term: fields(term),
  }));
  const preferred = list(anti.preferredDuringSchedulingIgnoredDuringExecution).map((item, index) => ({
    path: `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`,
    term: fields(fields(item).podAffinityTerm),
  }));
  const terms = [...required, ...preferred];
  // One term may keep away from other workloads: it is wrong only if nobody has its labels, and no term is about its own pods.
  const isOwnSpread = terms.some(({ term }) => fits(term.labelSelector, object.labels));
  return terms.flatMap(({ path, term: { labelSelector, namespaces, namespaceSelector } }) => {
    if (isOwnSpread || isSet(namespaces) || isSet(namespaceSelector)) return [];
    if (isSet(labelSelector) && stack.podsFitting(object.namespace, labelSelector).length > 0) return [];
    const problem = isSet(labelSelector)
      ? `anti-affinity is against pods of ${describeSelector(labelSelector)}, which neither its own nor others are`
      : "anti-affinity has no labelSelector, and is against no pod";
    return [{ object, path: `${path}.labelSelector`, problem, fix }];
  });
}
