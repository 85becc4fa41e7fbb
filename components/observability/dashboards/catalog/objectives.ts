import type { Objectives } from "../../metrics/rules/rule.ts";
import { labelOfSeries, toDashboard } from "../links.ts";
import type { LinkSpec, PanelSpec, RowSpec } from "../spec.ts";

/** A promise as the recorded series know it: label `slo` of `slo:events:rate5m`. */
interface Promised {
  readonly slo: string;
  readonly title: string;
  readonly target: number;
  /** What is promised, as a sentence's end. */
  readonly promise: string;
  readonly link: LinkSpec;
}

/** What the platform promises, how far it is kept, and how fast the failures that it allows are used up. */
export function objectivesRow(objectives: Objectives): RowSpec {
  const promises = promisesOf(objectives);
  return {
    title: "Objectives, over the time shown",
    panels: [...promises.map(keptPanel), budgetPanel(promises), burnPanel(promises)],
  };
}

function promisesOf({ availability, latency, verdicts, timeToVerdict }: Objectives): Promised[] {
  const gateway = toDashboard("Gateway", "gateway");
  const standards = toDashboard("This standard", "standard", { standard: labelOfSeries("standard") });
  return [
    {
      slo: "gateway-availability",
      title: "Answered",
      target: availability,
      promise: "of the gateway's answers are not server errors",
      link: gateway,
    },
    {
      slo: "gateway-latency",
      title: "Answered fast",
      target: latency.share,
      promise: `of the gateway's answers take at most ${latency.seconds} s`,
      link: gateway,
    },
    {
      slo: "verdicts",
      title: "With a verdict",
      target: verdicts,
      promise: "of verifications end with a verdict other than unknown",
      link: standards,
    },
    {
      slo: "time-to-verdict",
      title: "Verified in time",
      target: timeToVerdict.share,
      promise: `of verifications end within ${timeToVerdict.seconds} s of their start`,
      link: standards,
    },
  ];
}

function keptPanel({ slo, title, target, promise, link }: Promised): PanelSpec {
  return {
    kind: "stat",
    title,
    description: `Promised: ${percent(target)} ${promise}. This is the share that did.`,
    unit: "percentunit",
    width: 6,
    base: "red",
    thresholds: [{ from: target, colour: "green" }],
    queries: [{ expr: `1 - ${failed(slo)}`, legend: title }],
    links: [link],
  };
}

function budgetPanel(promises: readonly Promised[]): PanelSpec {
  return {
    kind: "stat",
    title: "Error budget left",
    description:
      "What is left of the failures that each promise allows. Below zero, only what makes it better should be changed.",
    unit: "percentunit",
    width: 12,
    height: 8,
    base: "red",
    thresholds: [
      { from: 0, colour: "orange" },
      { from: 0.5, colour: "green" },
    ],
    queries: promises.map(({ slo, title, target }) => ({
      expr: `1 - ${failed(slo)} / ${allowed(target)}`,
      legend: title,
    })),
  };
}

function burnPanel(promises: readonly Promised[]): PanelSpec {
  return {
    kind: "timeseries",
    title: "Burn rate, over an hour",
    description:
      "How many times faster than allowed each budget is used. At 1 it lasts for 30 days, at 14.4 an hour takes 2 % of it and somebody is called.",
    unit: "none",
    width: 12,
    min: 0,
    thresholds: [
      { from: 1, colour: "orange" },
      { from: 14.4, colour: "red" },
    ],
    queries: promises.map(({ slo, title, target }) => ({
      expr: `max(slo:error_ratio:rate1h{slo="${slo}"}) / ${allowed(target)}`,
      legend: title,
    })),
  };
}

/** Share of the events over the time shown that broke a promise. */
function failed(slo: string): string {
  const counted = (series: string) => `sum(sum_over_time(${series}{slo="${slo}"}[$__range]))`;
  return `${counted("slo:bad_events:rate5m")} / ${counted("slo:events:rate5m")}`;
}

/** Share of the events that may break a promise, without the digits that only the binary form has. */
function allowed(target: number): number {
  return Number((1 - target).toPrecision(6));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
