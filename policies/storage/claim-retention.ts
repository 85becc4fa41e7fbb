import { isKind } from "../objects/kinds.ts";
import { at, list } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** The policy of a StatefulSet for its claims; without one, they stay. */
export const claimRetention = objectRule({
  name: "claim-retention",
  severity: "advisory",
  description: "The claims of a StatefulSet stay when it is deleted or scaled down.",
  why: "A mistaken delete, or a smaller number of pods, takes the data with it.",
  reference:
    "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention",
  check(object) {
    if (!isKind(object, "StatefulSet") || list(at(object, "spec", "volumeClaimTemplates")).length === 0)
      return [];
    return ["whenDeleted", "whenScaled"]
      .filter((when) => at(object, "spec", "persistentVolumeClaimRetentionPolicy", when) === "Delete")
      .map((when) => ({
        path: `spec.persistentVolumeClaimRetentionPolicy.${when}`,
        problem: `the claims are deleted when it is ${when === "whenDeleted" ? "deleted" : "scaled down"}`,
        fix: "Write Retain, unless the data can be made again",
      }));
  },
});
