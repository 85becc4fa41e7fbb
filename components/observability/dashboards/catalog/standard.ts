import { metricName } from "../../../contract/metrics.ts";
import { labelOfSeries, toDashboard, uids } from "../links.ts";
import { agreed, grown, quantile, ratePerSecond, total } from "../promql.ts";
import { logFields } from "../sources.ts";
import type { DashboardSpec } from "../spec.ts";
import { standardVariable } from "../variables.ts";
import { yesWords } from "../words.ts";
import { logLines } from "./parts.ts";
import { processRow } from "./process.ts";

const chosen = 'standard=~"$standard"';
/** Pods of the chosen standards' verifiers: their target has no label for the standard, but the workload's name does. */
const pods = `workload=~"(\${standard:pipe})-verification"`;
const finished = metricName("verifications_finished_total");
const seconds = metricName("verification_duration_seconds");
const engineSeconds = metricName("engine_run_duration_seconds");
const service = labelOfSeries("workload");

/** How verifications of chosen standards go. */
export const standard: DashboardSpec = {
  uid: uids.standard,
  title: "Standards",
  description:
    "Verifications of the chosen standards: what waits, what runs, what came of it, and the engines behind.",
  variables: [standardVariable],
  rows: [
    {
      title: "$standard",
      repeat: "standard",
      panels: [
        {
          kind: "stat",
          title: "Waiting",
          description: "Verifications that wait for a worker.",
          unit: "none",
          width: 4,
          thresholds: [{ from: 100, colour: "orange" }],
          queries: [
            {
              expr: agreed({ metric: metricName("verification_queue_depth"), where: chosen }),
              legend: "waiting",
            },
          ],
        },
        {
          kind: "stat",
          title: "Longest wait",
          description: "How long the oldest of them has waited.",
          unit: "s",
          width: 4,
          thresholds: [
            { from: 60, colour: "orange" },
            { from: 600, colour: "red" },
          ],
          queries: [
            {
              expr: agreed({ metric: metricName("verification_queue_oldest_seconds"), where: chosen }),
              legend: "longest",
            },
          ],
        },
        {
          kind: "stat",
          title: "Running",
          description: "Verifications that run now.",
          unit: "none",
          width: 4,
          queries: [
            {
              expr: total({ metric: metricName("verifications_running"), where: chosen }),
              legend: "running",
            },
          ],
        },
        {
          kind: "stat",
          title: "Finished",
          description: "Verdicts over the time shown.",
          unit: "none",
          width: 4,
          queries: [{ expr: grown({ metric: finished, where: chosen }), legend: "finished" }],
        },
        {
          kind: "stat",
          title: "Unknown",
          description:
            "Share of the verdicts over the time shown that say nothing: an engine ran out of time or memory.",
          unit: "percentunit",
          width: 4,
          thresholds: [
            { from: 0.05, colour: "orange" },
            { from: 0.2, colour: "red" },
          ],
          queries: [
            {
              expr: `${grown({ metric: finished, where: `${chosen},verdict="unknown"` })} / ${grown({ metric: finished, where: chosen })}`,
              legend: "unknown",
            },
          ],
        },
        {
          kind: "stat",
          title: "Workers lost",
          description:
            "Attempts over the time shown that began because the worker of the one before was lost.",
          unit: "none",
          width: 4,
          thresholds: [{ from: 1, colour: "orange" }],
          queries: [
            {
              expr: grown({ metric: metricName("verification_retries_total"), where: chosen }),
              legend: "lost",
            },
          ],
        },
      ],
    },
    {
      title: "Verdicts",
      panels: [
        {
          kind: "timeseries",
          title: "By verdict",
          description: "Verdicts a minute.",
          unit: "cpm",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: finished, where: chosen, by: ["verdict"] })}`,
              legend: "{{verdict}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "By property",
          description: "Verdicts a minute, by what was to be shown.",
          unit: "cpm",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: finished, where: chosen, by: ["standard", "property"] })}`,
              legend: "{{standard}} {{property}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Waiting and running",
          description:
            "What waits while nothing runs has no worker; what waits while all run needs more of them.",
          unit: "none",
          min: 0,
          queries: [
            {
              expr: agreed({
                metric: metricName("verification_queue_depth"),
                where: chosen,
                by: ["standard"],
              }),
              legend: "{{standard}} waiting",
            },
            {
              expr: total({ metric: metricName("verifications_running"), where: chosen, by: ["standard"] }),
              legend: "{{standard}} running",
            },
          ],
        },
        {
          kind: "heatmap",
          title: "Time to a verdict",
          description: "How many verifications took how long, from the start of their last attempt.",
          unit: "s",
          width: 12,
          queries: [
            {
              expr: ratePerSecond({ metric: `${seconds}_bucket`, where: chosen, by: ["le"] }),
              legend: "{{le}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Time to a verdict, by property",
          description: "Time within which 95 % of the verifications of a property ended.",
          unit: "s",
          width: 12,
          min: 0,
          queries: [
            {
              expr: quantile(0.95, { metric: seconds, where: chosen, by: ["standard", "property"] }),
              legend: "{{standard}} {{property}}",
            },
          ],
        },
      ],
    },
    {
      title: "Engines",
      panels: [
        {
          kind: "timeseries",
          title: "Ends of engine runs",
          description:
            "Engine processes that ended each minute, and how: timeout and memory are limits of the platform.",
          unit: "cpm",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: metricName("engine_runs_total"), where: pods, by: ["engine", "outcome"] })}`,
              legend: "{{engine}} {{outcome}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Duration of engine runs",
          description: "Time within which 95 % of an engine's runs ended.",
          unit: "s",
          min: 0,
          queries: [
            {
              expr: quantile(0.95, { metric: engineSeconds, where: pods, by: ["workload", "engine"] }),
              legend: "{{workload}} {{engine}}",
            },
          ],
          links: [toDashboard("Traces", "traces", { service })],
        },
        {
          kind: "states",
          title: "Version as configured",
          description:
            "Whether the image carries the version of the engine that the stack is configured for.",
          unit: "none",
          words: yesWords,
          queries: [
            {
              expr: `min by (workload, engine) (${metricName("engine_version_matches")}{${pods}})`,
              legend: "{{workload}} {{engine}}",
            },
          ],
        },
      ],
    },
    processRow(pods),
    { title: "Log", panels: [logLines(`${logFields.service}:/(\${standard:pipe})-verification/`)] },
  ],
};
