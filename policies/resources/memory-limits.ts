import { missing } from "../objects/shares.ts";
import { stackRule } from "../rule.ts";

/** Every container has a limit of memory, its own or its namespace's. */
export const memoryLimits = stackRule({
  name: "memory-limits",
  severity: "mandatory",
  description: "Containers have a limit of memory.",
  why: "A leak would take the memory of the whole node, and the kernel would kill some other pod for it.",
  reference: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  check: (stack) =>
    missing(stack, "limits", "memory").map(({ object, container }) => ({
      object,
      path: `${container.path}.resources.limits.memory`,
      problem: `container ${container.name} has no limit of memory`,
      fix: "Write the most that it has been seen to need, and a quarter more",
    })),
});
