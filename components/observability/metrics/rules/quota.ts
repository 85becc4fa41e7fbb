import type { RuleGroup } from "./rule.ts";

/** What the namespaces may use. */
export function quotaRules(): RuleGroup {
  return {
    name: "quota",
    alerts: [
      {
        alert: "QuotaAlmostExhausted",
        severity: "warning",
        when: 'kube_resourcequota{type="used"} / ignoring (type) (kube_resourcequota{type="hard"} > 0) > 0.9',
        for: "15m",
        summary: "The namespace {{ $labels.namespace }} is almost out of {{ $labels.resource }}",
        description:
          "{{ $value | humanizePercentage }} of the quota are used; what goes beyond is refused, a rollout's pods included.",
      },
    ],
  };
}
