import { missing } from "../objects/shares.ts";
import type { StackObject } from "../objects/stack.ts";
import { fields, isSet, list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A share of a request can be had only where there is a request. */
export const autoscalerMetrics = stackRule({
  name: "autoscaler-metrics",
  severity: "mandatory",
  description:
    "Where an autoscaler aims at a share of cpu or memory, all containers of its target request it.",
  why: "The autoscaler cannot compute the share, and never acts.",
  reference:
    "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work",
  check(stack) {
    const lacking = {
      cpu: Map.groupBy(missing(stack, "requests", "cpu"), ({ object }) => object.content),
      memory: Map.groupBy(missing(stack, "requests", "memory"), ({ object }) => object.content),
    };
    const workloads = new Map(stack.workloads.map((workload) => [workload.content, workload]));
    return stack.ofKind("HorizontalPodAutoscaler").flatMap((object) => {
      const { kind, name } = fields(fields(object.content.spec).scaleTargetRef);
      const found = stack.find(text(kind) ?? "", object.namespace, text(name) ?? "");
      const target = found && workloads.get(found.content);
      if (!target) return [];
      const all = target.containers.map((one) => one.name);
      return sharesOf(object).flatMap(({ path, resource, container }) => {
        if (container !== undefined && !all.includes(container)) {
          const problem = `it measures container ${container}, and ${target.kind} ${target.name} has ${all.join(", ")}`;
          return [
            {
              object,
              path: `${path}.container`,
              problem,
              fix: "Write the name of a container of its target",
            },
          ];
        }
        const without = (lacking[resource].get(target.content) ?? [])
          .filter((one) => one.container.isLasting)
          .map((one) => one.container.name)
          .filter((one) => container === undefined || one === container);
        if (without.length === 0) return [];
        const plural = without.length > 1 ? "containers" : "container";
        return [
          {
            object,
            path,
            problem: `it aims at a share of ${resource}, and ${plural} ${without.join(", ")} of ${target.kind} ${target.name} requests none`,
            fix: `Write resources.requests.${resource} in every container, or aim at something else`,
          },
        ];
      });
    });
  },
});

interface Share {
  /** Path of the metric's `resource` or `containerResource`, or of the older field. */
  readonly path: string;
  readonly resource: "cpu" | "memory";
  readonly container: string | undefined;
}

/** Metrics of a share (`averageUtilization`); a value by itself needs no request. */
function sharesOf({ content }: StackObject): Share[] {
  const spec = fields(content.spec);
  const old = isSet(spec.targetCPUUtilizationPercentage)
    ? [{ path: "spec.targetCPUUtilizationPercentage", resource: "cpu" as const, container: undefined }]
    : [];
  const metrics = list(spec.metrics).flatMap((item, index) => {
    const metric = fields(item);
    return (["resource", "containerResource"] as const).flatMap((field): Share[] => {
      const source = fields(metric[field]);
      const { name, target, container } = source;
      const isShare = isSet(fields(target).averageUtilization) || isSet(source.targetAverageUtilization);
      if (!isShare || (name !== "cpu" && name !== "memory")) return [];
      const path = `spec.metrics[${index}].${field}`;
      return [
        { path, resource: name, container: field === "containerResource" ? text(container) : undefined },
      ];
    });
  });
  return [...old, ...metrics];
}
