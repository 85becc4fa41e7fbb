import { z } from "zod";
import { missing } from "../objects/shares.ts";
import { stackRule } from "../rule.ts";

/** Every container requests CPU and memory; a limit stands for the request that is left out. */
export const resourceRequests = stackRule({
  name: "resource-requests",
  severity: "mandatory",
  description: "Containers request CPU and memory.",
  why: "The scheduler takes a pod that asks for nothing to need nothing, and it is the first to be evicted.",
  reference: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  options: z.object({
    resources: z
      .array(z.enum(["cpu", "memory", "ephemeral-storage"]))
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
