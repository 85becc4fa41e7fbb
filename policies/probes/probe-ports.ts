import { containersOf, podSpecOf } from "../objects/pods.ts";
import { describePort } from "../objects/ports.ts";
import { probesOf } from "../objects/probes.ts";
import { fields, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** A port that a probe names is one of its container's. */
export const probePorts = objectRule({
  name: "probe-ports",
  severity: "mandatory",
  description: "A probe names a port that its container has.",
  why: "The probe fails for ever: the pod is never ready, or is killed again and again.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/#http-probes",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap((owner) => {
      const ports = list(owner.container.ports).map(fields);
      const names = ports.flatMap(({ name }) => text(name) ?? []);
      return probesOf(owner).flatMap(({ path, who, probe }) =>
        ["httpGet", "tcpSocket"].flatMap((way) => {
          const port = text(fields(probe[way]).port);
          if (port === undefined || /^\d+$/.test(port) || names.includes(port)) return [];
          const problem = `${who} asks port ${describePort(port)}, which the container does not have`;
          return [{ path: `${path}.${way}.port`, problem, fix: fixFor(names) }];
        }),
      );
    });
  },
});

function fixFor(names: readonly string[]): string {
  return names.length > 0
    ? `Write one of ${names.join(", ")}`
    : "Name a port of the container so, or write its number";
}
