import { listens } from "../objects/probes.ts";
import { isSet } from "../objects/values.ts";
import { isLongRunning } from "../objects/workloads.ts";
import { stackRule } from "../rule.ts";

/** Who hangs is started again. */
export const livenessProbes = stackRule({
  name: "liveness-probes",
  severity: "advisory",
  description: "Containers that listen have a liveness probe.",
  why: "A program that hangs is never started again.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/#liveness-probe",
  check: ({ workloads }) =>
    workloads.filter(isLongRunning).flatMap((object) =>
      object.containers
        .filter((container) => container.isLasting && listens(container))
        .filter(({ container }) => !isSet(container.livenessProbe))
        .map(({ path, name }) => ({
          object,
          path: `${path}.livenessProbe`,
          problem: `container ${name} has no liveness probe`,
          fix: "Write one that fails only where a restart helps, and asks nobody else",
        })),
    ),
});
