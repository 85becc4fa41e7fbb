import { metricName } from "../../../contract/metrics.ts";
import type { RuleArgs, RuleGroup } from "./rule.ts";

/** Share of a full queue from which on somebody should know. */
const filling = 0.8;

/** Queues, engines, and workers that are lost. The depth is the same from every pod of the gateway. */
export function verificationRules({ backlogSeconds, queueLimit }: RuleArgs): RuleGroup {
  const depth = `max by (namespace, workload, standard) (${metricName("verification_queue_depth")})`;
  const age = `max by (namespace, workload, standard) (${metricName("verification_queue_oldest_seconds")})`;
  const engineRuns = metricName("engine_runs_total");
  return {
    name: "verification",
    alerts: [
      {
        alert: "VerificationBacklogOld",
        severity: "warning",
        when: `${age} > ${backlogSeconds}`,
        for: "5m",
        summary: "Verifications of {{ $labels.standard }} wait too long",
        description: `The oldest has waited {{ $value | humanizeDuration }}; at most ${backlogSeconds} s are meant.`,
      },
      {
        alert: "VerificationQueueFilling",
        severity: "warning",
        when: `${depth} > ${filling * queueLimit}`,
        for: "5m",
        summary: "The queue of {{ $labels.standard }} is almost full",
        description: `{{ $value | humanize }} verifications wait; from ${queueLimit} on, submissions are refused.`,
      },
      {
        alert: "VerificationsRefused",
        severity: "critical",
        when: `sum by (namespace, workload, standard) (increase(${metricName("verifications_submitted_total")}{outcome="refused"}[5m])) > 0`,
        for: "2m",
        summary: "Submissions for {{ $labels.standard }} are refused",
        description: "{{ $value | humanize }} within five minutes, because the queue is full.",
      },
      {
        alert: "VerificationsStalled",
        severity: "critical",
        when:
          `${depth} > 0 unless on (standard) (sum by (standard) (increase(${metricName("verifications_finished_total")}[15m])) > 0 ` +
          `or sum by (standard) (max_over_time(${metricName("verifications_running")}[15m])) > 0)`,
        for: "10m",
        summary: "Nobody works on {{ $labels.standard }}",
        description:
          "{{ $value | humanize }} verifications wait, and none ran or finished for a quarter of an hour.",
      },
      {
        alert: "VerificationWorkersLost",
        severity: "warning",
        when: `sum by (namespace, workload, standard) (increase(${metricName("verification_retries_total")}[30m])) >= 3`,
        summary: "Workers of {{ $labels.standard }} get lost",
        description:
          "{{ $value | humanize }} verifications were begun anew within half an hour; the third loss ends one as unknown.",
      },
      {
        alert: "EngineRunsFailing",
        severity: "warning",
        when:
          `sum by (namespace, workload, engine) (rate(${engineRuns}{outcome="failed"}[15m])) ` +
          `/ sum by (namespace, workload, engine) (rate(${engineRuns}[15m])) > 0.05 ` +
          `and sum by (namespace, workload, engine) (increase(${engineRuns}{outcome="failed"}[15m])) >= 3`,
        for: "5m",
        summary: "{{ $labels.engine }} fails in {{ $labels.workload }}",
        description:
          "{{ $value | humanizePercentage }} of its runs crashed or said nothing that can be read.",
      },
      {
        alert: "EngineVersionMismatch",
        severity: "warning",
        when: `${metricName("engine_version_matches")} == 0`,
        for: "5m",
        summary: "{{ $labels.workload }} carries another {{ $labels.engine }} than is configured",
        description:
          "Pod {{ $labels.pod }} is not ready because of it: its verdicts would be of an engine that nobody chose.",
      },
    ],
  };
}
