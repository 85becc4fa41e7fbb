import { groupPorts } from "../objects/group-ports.ts";
import {
  describePort,
  describePorts,
  describeProtocol,
  hasPort,
  portsOf,
  servicePortsOf,
} from "../objects/ports.ts";
import { toldNumbers } from "../objects/told-numbers.ts";
import { fields, text, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A Service must send to a port that its pods listen on. */
export const serviceTargetPorts = stackRule({
  name: "service-target-ports",
  severity: "mandatory",
  description: "The target ports of a Service are ports that containers of its pods declare.",
  why: "Connections to it are refused.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
  yieldsTo: ["port-numbers"],
  check(stack) {
    const portsOfGroup = groupPorts();
    const numbersOf = toldNumbers(stack);
    return stack.ofKind("Service").flatMap((object) => {
      const spec = fields(object.content.spec);
      if (text(spec.type) === "ExternalName") return [];
      const pods = stack.podsWith(object.namespace, texts(spec.selector));
      return servicePortsOf(object).flatMap(({ path, port, targetPort, protocol, name }) => {
        if (targetPort === undefined || pods.length === 0) return [];
        const { declared, isOpen } = portsOfGroup(pods);
        // A number need not be declared: it is judged where the pods declare others. A name is always looked up there.
        if (typeof targetPort === "number" && isOpen) return [];
        if (hasPort(declared, { port: targetPort, protocol })) return [];
        if (typeof targetPort === "number" && numbersOf(pods).has(targetPort)) return [];
        const isGiven = fields(listed(spec.ports, path)).targetPort !== undefined;
        const shown = `${name ?? port ?? describePort(targetPort)}${describeProtocol(protocol)}`;
        const have = pods
          .slice(0, 3)
          .map((pod) => `${pod.kind} ${pod.name} declares ${describePorts(portsOf(pod))}`);
        return [
          {
            object,
            path: `${path}.${isGiven ? "targetPort" : "port"}`,
            problem: `port ${shown} goes to port ${describePort(targetPort)} of its pods, which no container has (${have.join("; ")})`,
            fix: "Write a port of a container as targetPort, best by its name, or declare this one in the container",
          },
        ];
      });
    });
  },
});

function listed(ports: unknown, path: string): unknown {
  const index = Number(/\[(\d+)\]$/.exec(path)?.[1]);
  return Array.isArray(ports) ? ports[index] : undefined;
}
