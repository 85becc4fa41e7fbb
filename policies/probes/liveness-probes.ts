import { servedPorts } from "../objects/ports.ts";
import { listening } from "../objects/probes.ts";
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
  check(stack) {
    const served = servedPorts(stack);
    return stack.workloads.filter(isLongRunning).flatMap((object) =>
      listening(object, served.has(object))
        .filter(({ container }) => !isSet(container.livenessProbe))
        .map(({ path, name }) => ({
          object,
          path: `${path}.livenessProbe`,
          problem: `container ${name} has no liveness probe`,
          fix: "Write one that fails only where a restart helps, and asks nobody else",
        })),
    );
  },
});
