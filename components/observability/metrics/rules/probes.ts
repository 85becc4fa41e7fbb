import type { Probed } from "../probed.ts";
import type { RuleGroup } from "./rule.ts";

/** What does not answer those who use it, whatever its own pods say. */
export function probeRules(probed: readonly Probed[]): RuleGroup {
  return {
    name: "probes",
    alerts: probed.map(({ workload, alert, severity, consequence }) => ({
      alert,
      severity,
      when: `probe_success{workload="${workload}"} == 0`,
      for: "3m",
      summary: `${workload} does not answer`,
      description: `{{ $labels.instance }} failed every probe: ${consequence}.`,
    })),
  };
}
