import { isAimless } from "../objects/scaling.ts";
import { missing } from "../objects/shares.ts";
import { identityOf, type StackObject } from "../objects/stack.ts";
import { fields, isSet, list, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

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
    const found = stack.ofKind("HorizontalPodAutoscaler").flatMap((object): StackViolation[] => {
      const { kind, name } = fields(fields(object.content.spec).scaleTargetRef);
      const scaled = stack.find(text(kind) ?? "", object.namespace, text(name) ?? "");
      const target = scaled && workloads.get(scaled.content);
      if (!target) return [];
      const all = target.containers.map((one) => one.name);
      return sharesOf(object).flatMap(({ path, resource, container }) => {
        if (container !== undefined && !all.includes(container)) {
          const problem = `it measures container ${container}, and ${target.kind} ${target.name} has ${all.join(", ")}`;
          const fix = "Write the name of a container of its target";
          return [{ object, path: `${path}.container`, problem, fix }];
        }
        return (lacking[resource].get(target.content) ?? [])
          .map((one) => one.container)
          .filter((one) => one.isLasting && (container === undefined || one.name === container))
          .map((one) => ({
            object: target,
            path: `${one.path}.resources.requests.${resource}`,
            problem: `container ${one.name} requests no ${resource}, and HorizontalPodAutoscaler ${object.name} aims at a share of it`,
            fix: "Write what it needs in ordinary use, or have the autoscaler aim at something else",
          }));
      });
    });
    // Several metrics may want one request.
    return [...new Map(found.map((one) => [`${identityOf(one.object)} ${one.path}`, one])).values()];
  },
});

interface Share {
  /** Path of the metric's `resource` or `containerResource`, or of the older field. */
  readonly path: string;
  readonly resource: "cpu" | "memory";
  readonly container: string | undefined;
}

/** Metrics of a share (`averageUtilization`); a value by itself needs no request, and no metric at all is a share of cpu. */
function sharesOf({ content }: StackObject): Share[] {
  const spec = fields(content.spec);
  if (isAimless(content)) return [{ path: "spec.metrics", resource: "cpu", container: undefined }];
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
