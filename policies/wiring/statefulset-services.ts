import { describeElsewhere, elsewhereIn } from "../objects/elsewhere.ts";
import { isKind } from "../objects/kinds.ts";
import { fitsMap } from "../objects/selectors.ts";
import type { StackObject } from "../objects/stack.ts";
import { fields, ifKnown, text, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** The names of a StatefulSet's pods come from a headless Service of its own. */
export const statefulsetServices = stackRule({
  name: "statefulset-services",
  severity: "mandatory",
  description: "A StatefulSet names a headless Service that selects its pods.",
  why: "Without one, its pods have no stable names that others could reach them by.",
  reference: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations",
  check(stack) {
    const elsewhere = elsewhereIn(stack);
    return stack.workloads.flatMap((object) => {
      if (!isKind(object.content, "StatefulSet")) return [];
      const name = ifKnown(() => text(fields(object.content.spec).serviceName) ?? "");
      if (name === undefined) return [];
      const others = stack.ofKind("Service", object.namespace);
      const other = elsewhere.named(object, "Service", name);
      // A set without any Service of the namespace, and without this one elsewhere, does not show where they are made.
      if (others.length === 0 && !other) return [];
      const problem = problemOf(
        name,
        stack.find("Service", object.namespace, name)?.content,
        object.labels,
        other,
      );
      const fix =
        "Make a Service with clusterIP: None that selects these pods, besides the one for clients, and name it here";
      return problem === undefined ? [] : [{ object, path: "spec.serviceName", problem, fix }];
    });
  },
});

function problemOf(
  name: string,
  service: Readonly<Record<string, unknown>> | undefined,
  labels: Readonly<Record<string, string>>,
  other: StackObject | undefined,
): string | undefined {
  // Not all pods need names: whoever writes none does not mean to have them.
  if (name === "") return undefined;
  if (!service) return `Service ${name}, which it names, is not there${describeElsewhere(other)}`;
  const spec = fields(service.spec);
  if (spec.clusterIP !== "None") return `Service ${name}, which it names, is not headless`;
  const selector = texts(spec.selector);
  return Object.keys(selector).length > 0 && !fitsMap(selector, labels)
    ? `Service ${name}, which it names, does not select its pods`
    : undefined;
}
