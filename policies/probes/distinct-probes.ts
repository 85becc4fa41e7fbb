import { containersOf, podSpecOf } from "../objects/pods.ts";
import { type Fields, fields, isSet, number } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** To be too busy for clients is no reason to be killed. */
export const distinctProbes = objectRule({
  name: "distinct-probes",
  severity: "advisory",
  description: "Liveness asks something else than readiness, or is more patient.",
  why: "A pod that is only busy is restarted instead of spared, and its load brings down the next.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name, container }) => {
      const liveness = fields(container.livenessProbe);
      const readiness = fields(container.readinessProbe);
      if (!isSet(container.livenessProbe) || !isSet(container.readinessProbe)) return [];
      if (questionOf(liveness) !== questionOf(readiness) || patienceOf(liveness) > patienceOf(readiness))
        return [];
      return [
        {
          path: `${path}.livenessProbe`,
          problem: `liveness and readiness of container ${name} ask the same, and liveness gives up as soon`,
          fix: "Let liveness ask only whether the process works, or raise its failureThreshold",
        },
      ];
    });
  },
});

function questionOf({ exec, httpGet, tcpSocket, grpc }: Fields): string {
  return JSON.stringify([exec, httpGet, tcpSocket, grpc]);
}

/** Seconds until a probe gives up, with the API's defaults. */
function patienceOf({ periodSeconds, failureThreshold }: Fields): number {
  return (number(periodSeconds) ?? 10) * (number(failureThreshold) ?? 3);
}
