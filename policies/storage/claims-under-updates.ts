import { isSingleWriter, mostPods, usedClaims } from "../objects/claims.ts";
import { scalersOf } from "../objects/scaling.ts";
import { at, isSet } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Deployments of one pod; several pods on such a claim are another rule's. */
export const claimsUnderUpdates = stackRule({
  name: "claims-under-updates",
  severity: "mandatory",
  description: "A Deployment whose pod has a single-writer claim ends it before it starts the next one.",
  why: "During an update, the new pod waits for a volume that the old one holds, or both write to it.",
  reference: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment",
  check(stack) {
    const scalers = scalersOf(stack);
    const used = usedClaims(stack).filter(
      ({ workload, claim }) =>
        workload.kind === "Deployment" && isSingleWriter(claim) && mostPods(workload, scalers) === 1,
    );
    const byWorkload = Map.groupBy(used, ({ workload }) => workload);
    return [...byWorkload].flatMap(([object, claims]) => {
      const strategy = at(object.content, "spec", "strategy");
      const surge = at(strategy, "rollingUpdate", "maxSurge");
      if (at(strategy, "type") === "Recreate" || (isSet(surge) && /^0%?$/.test(String(surge)))) return [];
      const names = [...new Set(claims.map(({ claim }) => claim.name))].join(", ");
      return [
        {
          object,
          path: "spec.strategy.type",
          problem: `the rolling update starts a second pod while the first one holds claim ${names}`,
          fix: "Write type: Recreate, or use a StatefulSet",
        },
      ];
    });
  },
});
