/** Rules of Prometheus as data: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ */

/** How soon somebody has to act: at once, in working hours, or not at all. */
export type Severity = "critical" | "warning" | "info";

/** Something that a person should know. Its name is that of its page in docs/runbooks. */
export interface Alert {
  readonly alert: string;
  readonly severity: Severity;
  /** PromQL: each series of its result is an alert. */
  readonly when: string;
  /** How long it has to hold without a break, as a duration of Prometheus. @default it fires at once */
  readonly for?: string;
  /** One line that says what is wrong with what; a template over `$labels` and `$value`. */
  readonly summary: string;
  /** What that means here, with the value. */
  readonly description: string;
}

/** A series that is computed once for all who read it. */
export interface Recording {
  readonly record: string;
  readonly expression: string;
  /** Labels that it gets besides those of the result. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other, of one subject. */
export interface RuleGroup {
  /** Name of the group and of its file. */
  readonly name: string;
  readonly recordings?: readonly Recording[];
  readonly alerts: readonly Alert[];
}

/** What rules follow from, besides the metrics. */
export interface RuleArgs {
  /** Seconds between two evaluations. */
  readonly evaluationSeconds: number;
  readonly objectives: Objectives;
  /** Seconds that the oldest waiting verification may have waited. */
  readonly backlogSeconds: number;
  /** Verifications of one standard that may wait before submissions are refused. */
  readonly queueLimit: number;
  /** Seconds after which the last good backup is too old; absent where the platform makes none. */
  readonly backupSeconds?: number | undefined;
  /** Workloads of which at least one pod must be scraped. */
  readonly scraped: readonly string[];
}

/** What the platform promises; each share is below 1. */
export interface Objectives {
  /** Share of the gateway's answers that are not its own fault. */
  readonly availability: number;
  /** Share of the gateway's answers that take at most so many seconds, a bound of the histogram's buckets. */
  readonly latency: { readonly share: number; readonly seconds: number };
  /** Share of verifications that end with a verdict that says something. */
  readonly verdicts: number;
  /** Share of verifications that end within so many seconds of their start, a bound of the histogram's buckets. */
  readonly timeToVerdict: { readonly share: number; readonly seconds: number };
}

/**
 * A rule file of one group, as JSON, which is YAML too.
 * @param runbooks URL of the folder with a page for each alert, without a slash at its end
 */
export function ruleFile(group: RuleGroup, runbooks: string): string {
  return `${JSON.stringify(ruleContent(group, runbooks), null, 2)}\n`;
}

/** What a rule file of one group says, which is the specification of a PrometheusRule too. */
export function ruleContent({ name, recordings = [], alerts }: RuleGroup, runbooks: string) {
  const rules = [...recordings.map(recordingRule), ...alerts.map((alert) => alertingRule(alert, runbooks))];
  return { groups: [{ name, rules }] };
}

function recordingRule({ record, expression, labels }: Recording) {
  return { record, expr: expression, ...(labels && { labels }) };
}

function alertingRule(alert: Alert, runbooks: string) {
  const { severity, when, summary, description } = alert;
  return {
    alert: alert.alert,
    expr: when,
    ...(alert.for && { for: alert.for }),
    labels: { severity },
    annotations: { summary, description, runbook_url: `${runbooks}/${alert.alert}.md` },
  };
}
