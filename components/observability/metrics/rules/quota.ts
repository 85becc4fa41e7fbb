import type { RuleGroup } from "./rule.ts";

/** Room for volumes is the sum of those that there are: all of it is taken, always. */
const takenByDesign = "persistentvolumeclaims|requests.storage";

/** Share of a namespace's quota that is taken, by resource, of what may run out. */
export const quotaTaken =
  `kube_resourcequota{type="used",resource!~"${takenByDesign}"} ` +
  '/ ignoring (type) (kube_resourcequota{type="hard"} > 0)';

/** What the namespaces may use. */
export function quotaRules(): RuleGroup {
  return {
    name: "quota",
    alerts: [
      {
        alert: "QuotaAlmostExhausted",
        severity: "warning",
        when: `${quotaTaken} > 0.9`,
        for: "15m",
        summary: "The namespace {{ $labels.namespace }} is almost out of {{ $labels.resource }}",
        description:
          "{{ $value | humanizePercentage }} of the quota are used; what goes beyond is refused, a rollout's pods included.",
      },
    ],
  };
}
