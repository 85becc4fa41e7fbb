import type { Container } from "../objects/pods.ts";
import { hasPort, portsOf, type ServicePort, servedPorts } from "../objects/ports.ts";
import { listening } from "../objects/probes.ts";
import { isSet } from "../objects/values.ts";
import { isLongRunning } from "../objects/workloads.ts";
import { stackRule } from "../rule.ts";

/** Who is asked by others says when it can answer. A container beside one that does is asked only through a Service's port of its own. */
export const readinessProbes = stackRule({
  name: "readiness-probes",
  severity: "mandatory",
  description: "Containers that listen have a readiness probe.",
  why: "Services send requests to pods that cannot answer yet, and a rollout goes on over broken ones.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/#readiness-probe",
  check(stack) {
    const served = servedPorts(stack);
    return stack.workloads.filter(isLongRunning).flatMap((object) => {
      const isAnyProbed = object.containers.some(({ container }) => isSet(container.readinessProbe));
      return listening(object, served.has(object))
        .filter(({ container }) => !isSet(container.readinessProbe))
        .filter((one) => !isAnyProbed || serves(one, served.get(object) ?? []))
        .map(({ path, name }) => ({
          object,
          path: `${path}.readinessProbe`,
          problem: `container ${name} listens and has no readiness probe`,
          fix: "Write one that asks what clients ask for",
        }));
    });
  },
});

function serves(container: Container, ports: readonly ServicePort[]): boolean {
  const own = portsOf({ containers: [container] });
  return ports.some(
    ({ targetPort, protocol }) => targetPort !== undefined && hasPort(own, { port: targetPort, protocol }),
  );
}
