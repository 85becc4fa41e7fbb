import { probesOf } from "../objects/probes.ts";
import { toldNumbers } from "../objects/told-numbers.ts";
import { fields, list, number, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A container may listen on ports that it does not declare; but a probe of another port is mostly a slip. */
export const declaredProbePorts = stackRule({
  name: "declared-probe-ports",
  severity: "advisory",
  description: "The port of a probe is among those that its container declares, where it declares any.",
  why: "A probe of a port on which nothing listens never succeeds.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/#http-probes",
  yieldsTo: ["port-numbers"],
  check(stack) {
    const numbersOf = toldNumbers(stack);
    return stack.workloads.flatMap((object) =>
      object.containers.flatMap((owner) => {
        const declared = list(owner.container.ports).flatMap(
          (port) => number(fields(port).containerPort) ?? [],
        );
        if (declared.length === 0) return [];
        return probesOf(owner).flatMap(({ path, who, probe }) =>
          ["httpGet", "tcpSocket", "grpc"].flatMap((way) => {
            const port = numberOf(fields(probe[way]).port);
            if (port === undefined || declared.includes(port) || numbersOf([object]).has(port)) return [];
            const problem = `${who} asks port ${port}, the container declares ${declared.join(", ")}`;
            const fix = "Correct the number, or declare the port";
            return [{ object, path: `${path}.${way}.port`, problem, fix }];
          }),
        );
      }),
    );
  },
});

function numberOf(port: unknown): number | undefined {
  return number(port) ?? (/^\d+$/.test(text(port) ?? "") ? Number(port) : undefined);
}
