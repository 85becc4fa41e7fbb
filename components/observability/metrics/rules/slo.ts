import { metricName } from "../../../contract/metrics.ts";
import { paths } from "../../../contract/runtime.ts";
import type { Alert, Objectives, Recording, RuleArgs, RuleGroup } from "./rule.ts";

/** A promise, and how its events are counted; both rates are over five minutes and have the same labels. */
interface Objective {
  /** Value of the label `slo`. */
  readonly slo: string;
  /** Share of the events that must be good. */
  readonly target: number;
  /** PromQL: events a second. */
  readonly events: string;
  /** PromQL: events a second that broke the promise; may have no result where none did. */
  readonly bad: string;
  /** Bad events in the window below which nobody is told: a few of them are a large share of little traffic. */
  readonly leastBad: number;
  /** Names of the alerts, and what they say. */
  readonly alerts: {
    readonly fast: string;
    readonly slow: string;
    readonly subject: string;
    readonly promise: string;
  };
}

/**
 * Objectives, their burn rates, and the alerts on these: the SRE Workbook's multiple windows and burn rates
 * (https://sre.google/workbook/alerting-on-slos/, "Multiwindow, Multi-Burn-Rate Alerts").
 */
export function sloRules({ objectives, evaluationSeconds }: RuleArgs): RuleGroup {
  const promises = promisesOf(objectives);
  return {
    name: "objectives",
    recordings: [
      ...promises.flatMap(eventRates),
      ...windows.map(errorRatio),
      ...guardWindows.map((window) => badEvents(window, evaluationSeconds)),
    ],
    alerts: promises.flatMap(burnAlerts),
  };
}

const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;
/** The long windows of the alerts. */
const guardWindows = ["1h", "6h", "1d", "3d"] as const;

/** Multiples of the rate at which the budget lasts for 30 days: at 14.4, an hour takes 2 % of it. */
const fastBurns = [
  { rate: 14.4, long: "1h", short: "5m" },
  { rate: 6, long: "6h", short: "30m" },
] as const;
const slowBurns = [
  { rate: 3, long: "1d", short: "2h" },
  { rate: 1, long: "3d", short: "6h" },
] as const;

function promisesOf({ availability, latency, verdicts, timeToVerdict }: Objectives): Objective[] {
  // Callers' requests: the kubelet's own are neither promised anything nor rare.
  const requests = `component="gateway",route!~"${paths.health}|${paths.ready}"`;
  const ofGateway = "by (namespace, workload)";
  const ofStandard = "by (namespace, workload, standard)";
  const answered = metricName("http_requests_total");
  const finished = metricName("verifications_finished_total");
  return [
    {
      slo: "gateway-availability",
      target: availability,
      events: `sum ${ofGateway} (rate(${answered}{${requests}}[5m]))`,
      bad: `sum ${ofGateway} (rate(${answered}{${requests},status_class="5xx"}[5m]))`,
      leastBad: 10,
      alerts: {
        fast: "GatewayErrorBudgetBurn",
        slow: "GatewayErrorBudgetSlowBurn",
        subject: "the gateway's error budget",
        promise: `${percent(availability)} of the gateway's answers are not server errors`,
      },
    },
    {
      slo: "gateway-latency",
      target: latency.share,
      ...slow(metricName("http_request_duration_seconds"), {
        selector: requests,
        by: ofGateway,
        seconds: latency.seconds,
      }),
      leastBad: 10,
      alerts: {
        fast: "GatewayLatencyBudgetBurn",
        slow: "GatewayLatencyBudgetSlowBurn",
        subject: "the gateway's latency budget",
        promise: `${percent(latency.share)} of the gateway's answers take at most ${latency.seconds} s`,
      },
    },
    {
      slo: "verdicts",
      target: verdicts,
      events: `sum ${ofStandard} (rate(${finished}[5m]))`,
      bad: `sum ${ofStandard} (rate(${finished}{verdict="unknown"}[5m]))`,
      leastBad: 5,
      alerts: {
        fast: "VerdictBudgetBurn",
        slow: "VerdictBudgetSlowBurn",
        subject: "the verdict budget of {{ $labels.standard }}",
        promise: `${percent(verdicts)} of verifications end with a verdict other than unknown`,
      },
    },
    {
      slo: "time-to-verdict",
      target: timeToVerdict.share,
      ...slow(metricName("verification_duration_seconds"), {
        selector: "",
        by: ofStandard,
        seconds: timeToVerdict.seconds,
      }),
      leastBad: 5,
      alerts: {
        fast: "VerdictTimeBudgetBurn",
        slow: "VerdictTimeBudgetSlowBurn",
        subject: "the time budget of {{ $labels.standard }}",
        promise: `${percent(timeToVerdict.share)} of verifications end within ${timeToVerdict.seconds} s of their start`,
      },
    },
  ];
}

/** Events of a histogram, and those above one of its bounds. Prometheus 3 writes a whole bound with a decimal. */
function slow(
  histogram: string,
  { selector, by, seconds }: { readonly selector: string; readonly by: string; readonly seconds: number },
): Pick<Objective, "events" | "bad"> {
  const bound = Number.isInteger(seconds) ? `le=~"${seconds}|${seconds}.0"` : `le="${seconds}"`;
  const within = selector ? `${selector},${bound}` : bound;
  const events = `sum ${by} (rate(${histogram}_count{${selector}}[5m]))`;
  return { events, bad: `clamp_min(${events} - sum ${by} (rate(${histogram}_bucket{${within}}[5m])), 0)` };
}

function eventRates({ slo, events, bad }: Objective): Recording[] {
  const labels = { slo };
  return [
    { record: "slo:events:rate5m", expression: events, labels },
    // As many samples as the events have: otherwise the first failures would count for the whole window.
    { record: "slo:bad_events:rate5m", expression: `${bad} or 0 * ${events}`, labels },
  ];
}

/** Windows from the recorded rates: days of the counters themselves would be read anew at each evaluation. */
function errorRatio(window: (typeof windows)[number]): Recording {
  return {
    record: `slo:error_ratio:rate${window}`,
    expression:
      window === "5m"
        ? "slo:bad_events:rate5m / slo:events:rate5m"
        : `sum_over_time(slo:bad_events:rate5m[${window}]) / sum_over_time(slo:events:rate5m[${window}])`,
  };
}

function badEvents(window: (typeof guardWindows)[number], evaluationSeconds: number): Recording {
  return {
    record: `slo:bad_events:increase${window}`,
    expression: `sum_over_time(slo:bad_events:rate5m[${window}]) * ${evaluationSeconds}`,
  };
}

function burnAlerts(objective: Objective): Alert[] {
  const { fast, slow, subject, promise } = objective.alerts;
  const description = `Promised: ${promise}. In the longer window, {{ $value | humanizePercentage }} broke it.`;
  return [
    {
      alert: fast,
      severity: "critical",
      when: burning(objective, fastBurns),
      for: "2m",
      summary: `At this rate, ${subject} for 30 days is spent within days`,
      description: `${description} 2 % of the budget went within an hour, or 5 % within six.`,
    },
    {
      alert: slow,
      severity: "warning",
      when: burning(objective, slowBurns),
      for: "15m",
      summary: `At this rate, ${subject} for 30 days is overspent`,
      description: `${description} 10 % of the budget went within a day, or within three.`,
    },
  ];
}

/** Both windows burn: the long one shows that it matters, the short one that it still goes on. */
function burning(
  { slo, target, leastBad }: Objective,
  burns: readonly { readonly rate: number; readonly long: string; readonly short: string }[],
): string {
  const selector = `{slo="${slo}"}`;
  return burns
    .map(({ rate, long, short }) => {
      const bound = rounded(rate * (1 - target));
      return (
        `(slo:error_ratio:rate${long}${selector} > ${bound} and slo:error_ratio:rate${short}${selector} > ${bound} ` +
        `and slo:bad_events:increase${long}${selector} >= ${leastBad})`
      );
    })
    .join(" or ");
}

function percent(share: number): string {
  return `${rounded(share * 100)} %`;
}

/** Without the digits that only the binary form of a decimal has. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
