import { metricName } from "../../../contract/metrics.ts";
import type { RuleGroup } from "./rule.ts";

/** Seconds that two clocks may differ: a scrape that takes long is no difference. */
const tolerance = 5;

/** Clocks of the nodes, as pods see them, against that of Prometheus. */
export function clockRules(): RuleGroup {
  const clock = metricName("clock_seconds");
  return {
    name: "clock",
    alerts: [
      {
        alert: "ClockSkewed",
        severity: "warning",
        when: `abs(${clock} - timestamp(${clock})) > ${tolerance}`,
        for: "5m",
        summary: "The clock of a node differs",
        description:
          "Pod {{ $labels.pod }} and Prometheus are {{ $value | humanizeDuration }} apart: tokens end too early or too late, and so do leases.",
      },
    ],
  };
}
