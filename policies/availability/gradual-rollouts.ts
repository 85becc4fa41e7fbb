import { podCount } from "../objects/scaling.ts";
import { severalPods } from "../objects/several.ts";
import { at, fields, isSet } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** Several pods are replaced one after the other. */
export const gradualRollouts = stackRule({
  name: "gradual-rollouts",
  severity: "advisory",
  description: "An update of several pods keeps some of them running.",
  why: "Every deployment is an outage, and a broken one takes everything along.",
  reference: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
  check(stack) {
    const several = severalPods(stack).flatMap(({ object, pods }): StackViolation[] => {
      const isDeployment = object.kind === "Deployment";
      const strategy = fields(at(object.content, "spec", isDeployment ? "strategy" : "updateStrategy"));
      if (strategy.type === "Recreate") {
        const problem = `strategy Recreate ends all ${pods} pods before it makes new ones`;
        return [
          { object, path: "spec.strategy.type", problem, fix: "Write RollingUpdate, or run a single pod" },
        ];
      }
      const { maxUnavailable } = fields(strategy.rollingUpdate);
      const path = `spec.${isDeployment ? "strategy" : "updateStrategy"}.rollingUpdate.maxUnavailable`;
      const missing = podCount(maxUnavailable, pods, isDeployment ? "down" : "up");
      if (!isSet(maxUnavailable) || missing === undefined || missing < pods) return [];
      const problem = `maxUnavailable ${maxUnavailable} lets an update end all ${pods} pods at once`;
      return [{ object, path, problem, fix }];
    });
    const everywhere = stack.ofKind("DaemonSet").flatMap((object): StackViolation[] => {
      const maxUnavailable = at(object.content, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable");
      if (maxUnavailable !== "100%") return [];
      const problem = "maxUnavailable 100% lets an update end the pods of all nodes at once";
      return [{ object, path: "spec.updateStrategy.rollingUpdate.maxUnavailable", problem, fix }];
    });
    return [...several, ...everywhere];
  },
});

const fix = "Write 1, or a share such as 25%";
