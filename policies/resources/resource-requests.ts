import { z } from "zod";
import { missing } from "../objects/shares.ts";
import { stackRule } from "../rule.ts";

/** Every container requests CPU and memory; a limit stands for the request that is left out. */
export const resourceRequests = stackRule({
  name: "resource-requests",
  severity: "mandatory",
  description: "Containers request CPU and memory, or what `resources` names.",
  why: "The scheduler takes a pod that asks for nothing to need nothing, and it is the first to be evicted.",
  reference: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  yieldsTo: ["autoscaler-metrics"],
  options: z.object({
    resources: z
      .array(z.enum(["cpu", "memory", "ephemeral-storage"]))
      .min(1, "must name a resource; `disabled` is the level that switches the rule off")
      .default(["cpu", "memory"])
      .meta({ description: "Resources that every container requests." }),
  }),
  check: (stack, { resources }) =>
    resources.flatMap((resource) =>
      missing(stack, "requests", resource).map(({ object, container }) => ({
        object,
        path: `${container.path}.resources.requests.${resource}`,
        problem: `container ${container.name} requests no ${resource === "cpu" ? "CPU" : resource}`,
        fix: "Write what it needs in ordinary use",
      })),
    ),
});
