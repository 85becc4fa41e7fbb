import { servedPorts } from "../objects/ports.ts";
import { referencesOf } from "../objects/references.ts";
import { scalersOf } from "../objects/scaling.ts";
import type { Workload } from "../objects/stack.ts";
import { at } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/**
 * Only where it is written: who leaves the number out may have it set by somebody else. A claim or a strategy may need one pod.
 * kube-score calls its check so as well: one exception is for both.
 */
export const deploymentReplicas = stackRule({
  name: "deployment-replicas",
  severity: "advisory",
  description: "A Deployment behind a Service has more than one pod.",
  why: "While its only pod is moved, restarted or overloaded, nobody answers.",
  reference: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment",
  check(stack) {
    const scalers = scalersOf(stack);
    const served = servedPorts(stack);
    return stack.workloads
      .filter((workload) => workload.kind === "Deployment" && workload.replicas === 1 && served.has(workload))
      .filter(({ content }) => at(content, "spec", "strategy", "type") !== "Recreate")
      .filter((workload) => scalers.of(workload).length === 0 && !hasClaim(workload))
      .map((object) => ({
        object,
        path: "spec.replicas",
        problem: "a Service leads to its only pod",
        fix: "Run two at least, or write why one does",
      }));
  },
});

function hasClaim(workload: Workload): boolean {
  return referencesOf(workload).some(({ kind }) => kind === "PersistentVolumeClaim");
}
