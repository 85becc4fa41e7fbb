import { systemNames } from "../../../contract/systems.ts";
import type { RuleGroup } from "./rule.ts";

/** The scheduled dump of the database. Jobs of its name that somebody made by hand count too. */
export function backupRules({ backupSeconds }: { readonly backupSeconds: number }): RuleGroup {
  const job = `cronjob="${systemNames.backup}"`;
  const hours = Math.round(backupSeconds / 3600);
  return {
    name: "backup",
    alerts: [
      {
        alert: "BackupTooOld",
        severity: "critical",
        when: `time() - kube_cronjob_status_last_successful_time{${job}} > ${backupSeconds}`,
        for: "5m",
        summary: "The last good backup of the database is too old",
        description: `It was made {{ $value | humanizeDuration }} ago; ${hours} h are allowed. What came later would be lost with the volume.`,
      },
      {
        alert: "BackupNeverSucceeded",
        severity: "critical",
        when: `time() - kube_cronjob_created{${job}} > ${backupSeconds} unless kube_cronjob_status_last_successful_time{${job}}`,
        for: "5m",
        summary: "The database was never backed up",
        description: "Backups have been scheduled for {{ $value | humanizeDuration }}, and none succeeded.",
      },
      {
        alert: "BackupFailed",
        severity: "warning",
        when: `kube_job_failed{condition="true",job_name=~"${systemNames.backup}-.+"} == 1`,
        summary: "A backup of the database failed",
        description:
          "Job {{ $labels.job_name }} gave up. The next one may succeed; the last good backup gets older.",
      },
      {
        alert: "BackupSuspended",
        severity: "warning",
        when: `kube_cronjob_spec_suspend{${job}} == 1`,
        for: "1h",
        summary: "No backup is scheduled",
        description: "The CronJob {{ $labels.cronjob }} is suspended.",
      },
      {
        alert: "BackupMissing",
        severity: "critical",
        when: `absent(kube_cronjob_spec_suspend{${job}})`,
        for: "15m",
        summary: "There is no schedule of backups",
        description: "The CronJob {{ $labels.cronjob }} is not there, or kube-state-metrics does not see it.",
      },
    ],
  };
}
