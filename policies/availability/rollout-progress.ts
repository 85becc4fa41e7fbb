import { isKind } from "../objects/kinds.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { podCount } from "../objects/scaling.ts";
import { at, fields, isSet } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** A rolling update has to be allowed to begin. */
export const rolloutProgress = objectRule({
  name: "rollout-progress",
  severity: "mandatory",
  description: "A rolling update may take a pod away, or add one.",
  why: "The API server refuses the object.",
  reference:
    "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment",
  check(object) {
    const isDeployment = isKind(object, "Deployment");
    const field = fieldOf(object);
    if (!field) return [];
    const strategy = fields(at(object, "spec", field));
    const rolling = fields(strategy.rollingUpdate);
    const path = `spec.${field}.rollingUpdate`;
    if ((strategy.type === "Recreate" || strategy.type === "OnDelete") && isSet(strategy.rollingUpdate)) {
      const problem = `strategy ${strategy.type} has settings of a rolling update`;
      return strategy.type === "Recreate" ? [{ path, problem, fix: "Leave rollingUpdate out" }] : [];
    }
    // A Deployment that leaves one of them out has 25 %; a DaemonSet adds none unless told to.
    const surge = rolling.maxSurge ?? (isDeployment ? "25%" : 0);
    if (podCount(rolling.maxUnavailable ?? 1, 100) !== 0 || podCount(surge, 100) !== 0) return [];
    const problem = "maxUnavailable and maxSurge are both 0";
    return [{ path, problem, fix: "Write maxSurge: 1, and maxUnavailable: 0 where none may be missing" }];
  },
});

/** Where a kind has its strategy; undefined for those that cannot add a pod. */
function fieldOf(object: KubernetesObject): string | undefined {
  if (isKind(object, "Deployment")) return "strategy";
  return isKind(object, "DaemonSet") ? "updateStrategy" : undefined;
}
