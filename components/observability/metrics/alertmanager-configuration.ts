import { credentialsDirectory } from "../../contract/runtime.ts";
import type { Severity } from "./rules/rule.ts";

/** Who is told of alerts; what is secret of it is not here, but in a file. */
export interface Receivers {
  /** Gets every notification by HTTP, in Alertmanager's own format. */
  readonly webhook: boolean;
  /** An incoming webhook of Slack; `channel` where it may be chosen. */
  readonly slack?: { readonly channel?: string | undefined } | undefined;
  /** Events API v2; told of what is critical. */
  readonly pagerduty: boolean;
  readonly email?:
    | {
        readonly to: readonly string[];
        readonly from: string;
        /** `HOST:PORT` of the server that takes the mail. */
        readonly smarthost: string;
        /** Name to log in with; without one, it does not. */
        readonly username?: string | undefined;
      }
    | undefined;
  /** Is called all the time, and raises the alarm when it no longer is. */
  readonly watchdog: boolean;
}

/** Directory of the receivers' secrets. */
export const secretsDirectory = `${credentialsDirectory}/receivers`;

/** Entries of the Secret, which are the files' names. */
export const receiverEntries = {
  webhook: "webhook-url",
  slack: "slack-url",
  pagerduty: "pagerduty-routing-key",
  email: "email-password",
  watchdog: "watchdog-url",
} as const;

/** Content of alertmanager.yml, as JSON, which is YAML too: https://prometheus.io/docs/alerting/latest/configuration/ */
export function alertmanagerConfiguration(receivers: Receivers): string {
  const people = peopleOf(receivers);
  const configured = [
    { name: silence },
    ...(people ? [{ name: "people", ...people }] : []),
    ...(receivers.pagerduty ? [{ name: "pager", pagerduty_configs: [pagerduty] }] : []),
    ...(receivers.watchdog ? [{ name: "watchdog", webhook_configs: [watchdog] }] : []),
  ];
  const configuration = {
    route: {
      receiver: people ? "people" : silence,
      group_by: ["alertname", "namespace", "workload"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
      routes: routes(receivers),
    },
    receivers: configured,
    inhibit_rules: [hides("critical", "warning|info"), hides("warning", "info")],
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

/** The receiver that tells nobody. */
const silence = "nobody";

function routes({ pagerduty, watchdog }: Receivers) {
  return [
    {
      matchers: ['alertname="Watchdog"'],
      receiver: watchdog ? "watchdog" : silence,
      group_wait: "0s",
      group_interval: "1m",
      // A tick of the group sends what was sent longer ago than this. What the last tick sent is a little younger than
      // a minute, so that with a minute every other tick would be left out.
      repeat_interval: "50s",
    },
    { matchers: ['severity="info"'], receiver: silence },
    ...(pagerduty ? [{ matchers: ['severity="critical"'], receiver: "pager", continue: true }] : []),
    // A route that has matched and goes on would otherwise be the only one.
    ...(pagerduty ? [{ matchers: ['severity=~"critical|warning"'] }] : []),
  ];
}

/** Of one workload, what is worse hides what it explains. Labels that both lack count as equal to Alertmanager. */
function hides(source: Severity, target: string) {
  const ofWorkload = 'workload=~".+"';
  return {
    source_matchers: [`severity="${source}"`, ofWorkload],
    target_matchers: [`severity=~"${target}"`, ofWorkload],
    equal: ["namespace", "workload"],
  };
}

const fileOf = (receiver: keyof typeof receiverEntries) => `${secretsDirectory}/${receiverEntries[receiver]}`;

/** Says of a group of alerts what they have in common. */
const title =
  "{{ if eq .Status `firing` }}{{ .CommonLabels.severity }}{{ else }}over{{ end }}: {{ .CommonLabels.alertname }}" +
  "{{ with .CommonLabels.workload }} {{ . }}{{ end }}{{ with .CommonLabels.standard }} {{ . }}{{ end }}";

const pagerduty = {
  routing_key_file: fileOf("pagerduty"),
  severity: "critical",
  // Never empty, which is refused. The alerts' own summaries differ within a group; they are in the event's details,
  // where Alertmanager puts all that it knows of each.
  description: title,
  send_resolved: true,
};

/** Called each minute by the route above; that the alert has ended is for the other side to notice. */
const watchdog = { url_file: fileOf("watchdog"), send_resolved: false };

const details =
  "{{ range .Alerts }}{{ .Annotations.summary }}. {{ .Annotations.description }} {{ .Annotations.runbook_url }}\n{{ end }}";

function peopleOf({ webhook, slack, email }: Receivers) {
  if (!webhook && !slack && !email) return undefined;
  return {
    ...(webhook && { webhook_configs: [{ url_file: fileOf("webhook"), send_resolved: true }] }),
    ...(slack && {
      slack_configs: [
        {
          api_url_file: fileOf("slack"),
          ...(slack.channel !== undefined && { channel: slack.channel }),
          title,
          text: details,
          send_resolved: true,
        },
      ],
    }),
    ...(email && { email_configs: email.to.map((to) => mailTo(to, email)) }),
  };
}

function mailTo(to: string, { from, smarthost, username }: NonNullable<Receivers["email"]>) {
  return {
    to,
    from,
    smarthost,
    ...(username !== undefined && { auth_username: username, auth_password_file: fileOf("email") }),
    headers: { Subject: title },
    text: details,
    html: "",
    send_resolved: true,
  };
}
