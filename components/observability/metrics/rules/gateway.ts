import { metricName } from "../../../contract/metrics.ts";
import type { RuleGroup } from "./rule.ts";

/** Failed authentications a second: faster than a person, or a program with an outdated key that waits between attempts. */
const failuresPerSecond = 1;

/** Who knocks at the gateway; what it answers is a matter of its objectives. */
export function gatewayRules(): RuleGroup {
  return {
    name: "gateway",
    alerts: [
      {
        alert: "AuthenticationFailuresHigh",
        severity: "warning",
        when: `sum by (namespace, workload, reason) (rate(${metricName("authentication_failures_total")}[5m])) > ${failuresPerSecond}`,
        for: "10m",
        summary: "Many callers of the gateway fail to prove who they are",
        description: "{{ $value | humanize }} requests a second are refused: {{ $labels.reason }}.",
      },
    ],
  };
}
