import { servedPorts } from "../objects/ports.ts";
import { fields, list } from "../objects/values.ts";
import { isLongRunning } from "../objects/workloads.ts";
import { stackRule } from "../rule.ts";

/** A pod that nobody relies on may well be meant to end with its node: those behind a Service are not. */
export const barePods = stackRule({
  name: "bare-pods",
  severity: "advisory",
  description: "Pods behind a Service belong to a Deployment or another controller.",
  why: "Nobody makes the pod anew when its node fails or is drained, and no update of it is rolled out.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/#using-pods",
  check(stack) {
    const served = servedPorts(stack);
    return stack.workloads
      .filter((workload) => workload.kind === "Pod" && isLongRunning(workload) && served.has(workload))
      .filter(({ content }) => list(fields(content.metadata).ownerReferences).length === 0)
      .map((object) => ({
        object,
        path: "kind",
        problem: "the pod is behind a Service, and has no controller",
        fix: "Make it the template of a Deployment, a StatefulSet or a DaemonSet",
      }));
  },
});
