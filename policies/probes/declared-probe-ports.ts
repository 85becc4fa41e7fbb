import { containersOf, podSpecOf } from "../objects/pods.ts";
import { probesOf } from "../objects/probes.ts";
import { fields, list, number, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** A container may listen on ports that it does not declare; but a probe of another port is mostly a slip. */
export const declaredProbePorts = objectRule({
  name: "declared-probe-ports",
  severity: "advisory",
  description: "The port of a probe is among those that its container declares, where it declares any.",
  why: "A probe of a port on which nothing listens never succeeds.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap((owner) => {
      const declared = list(owner.container.ports).flatMap(
        (port) => number(fields(port).containerPort) ?? [],
      );
      if (declared.length === 0) return [];
      return probesOf(owner).flatMap(({ path, who, probe }) =>
        ["httpGet", "tcpSocket", "grpc"].flatMap((way) => {
          const port = numberOf(fields(probe[way]).port);
          if (port === undefined || declared.includes(port)) return [];
          const problem = `${who} asks port ${port}, the container declares ${declared.join(", ")}`;
          return [{ path: `${path}.${way}.port`, problem, fix: "Correct the number, or declare the port" }];
        }),
      );
    });
  },
});

function numberOf(port: unknown): number | undefined {
  return number(port) ?? (/^\d+$/.test(text(port) ?? "") ? Number(port) : undefined);
}
