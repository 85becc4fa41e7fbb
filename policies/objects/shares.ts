import type { Container } from "./pods.ts";
import type { Stack, Workload } from "./stack.ts";
import { at, fields, isSet, list, text } from "./values.ts";

type Sort = "requests" | "limits";
type Resource = "cpu" | "memory" | "ephemeral-storage";

/** A container, and the workload whose pods have it. */
interface Owned {
  readonly object: Workload;
  readonly container: Container;
}

/** Containers that lack a request or a limit, and get it neither from their pod nor from a LimitRange of the set. */
export function missing(stack: Stack, sort: Sort, resource: Resource): Owned[] {
  return stack.workloads.flatMap((object) => {
    if (
      isSet(shareOf(object.pod.spec, sort, resource)) ||
      isDefaulted(stack, object.namespace, sort, resource)
    )
      return [];
    return object.containers
      .filter(
        ({ role, container }) => role !== "ephemeralContainers" && !isSet(shareOf(container, sort, resource)),
      )
      .map((container) => ({ object, container }));
  });
}

/** What a container, or a whole pod, asks for; its limit is its request where it has none. */
function shareOf(holder: unknown, sort: Sort, resource: Resource): unknown {
  const resources = fields(fields(holder).resources);
  const own = fields(resources[sort])[resource];
  return sort === "requests" && !isSet(own) ? fields(resources.limits)[resource] : own;
}

/** https://kubernetes.io/docs/concepts/policy/limit-range/ */
function isDefaulted(stack: Stack, namespace: string, sort: Sort, resource: Resource): boolean {
  const keys = sort === "limits" ? ["default"] : ["defaultRequest", "default"];
  return stack
    .ofKind("LimitRange", namespace)
    .flatMap(({ content }) => list(at(content, "spec", "limits")))
    .filter((limit) => text(fields(limit).type) === "Container")
    .some((limit) => keys.some((key) => isSet(fields(fields(limit)[key])[resource])));
}
