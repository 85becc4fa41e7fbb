import { metricName } from "../../../contract/metrics.ts";
import { paths, serviceNames } from "../../../contract/runtime.ts";
import { labelOfSeries, toDashboard, uids } from "../links.ts";
import { agreed, quantile, ratePerSecond, total } from "../promql.ts";
import type { DashboardSpec } from "../spec.ts";
import { logLines } from "./parts.ts";
import { processRow } from "./process.ts";

const requests = metricName("http_requests_total");
const seconds = metricName("http_request_duration_seconds");
/** Callers' requests: not the kubelet's own. */
const calls = `component="gateway",route!~"${paths.health}|${paths.ready}"`;

/** What callers ask of the gateway, and what they get. */
export const gateway: DashboardSpec = {
  uid: uids.gateway,
  title: "Gateway",
  description:
    "Requests to the API: how many, how fast, with what result; submissions, refusals, and the gateway's pods.",
  rows: [
    {
      title: "Requests",
      panels: [
        {
          kind: "timeseries",
          title: "By route",
          description: "Requests answered each second, by template of the route.",
          unit: "reqps",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: ratePerSecond({ metric: requests, where: calls, by: ["method", "route"] }),
              legend: "{{method}} {{route}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "By status",
          description:
            "Requests answered each second, by class of status: 4xx is the caller's mistake, 5xx is ours.",
          unit: "reqps",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: ratePerSecond({ metric: requests, where: calls, by: ["status_class"] }),
              legend: "{{status_class}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Server errors",
          description: "Share of each route's answers that were server errors (5xx).",
          unit: "percentunit",
          min: 0,
          thresholds: [{ from: 0.01, colour: "red" }],
          queries: [
            {
              expr: `${ratePerSecond({ metric: requests, where: `${calls},status_class="5xx"`, by: ["method", "route"] })} / ${ratePerSecond({ metric: requests, where: calls, by: ["method", "route"] })}`,
              legend: "{{method}} {{route}}",
            },
          ],
          links: [
            toDashboard("Errors in the log", "logs", {
              service: serviceNames.gateway,
              search: "log.level:error",
            }),
          ],
        },
        {
          kind: "heatmap",
          title: "Time to answer",
          description: "How many requests took how long. Event streams are left out.",
          unit: "s",
          width: 12,
          queries: [
            {
              expr: ratePerSecond({ metric: `${seconds}_bucket`, where: calls, by: ["le"] }),
              legend: "{{le}}",
            },
          ],
          links: [toDashboard("Slow traces", "traces")],
        },
        {
          kind: "timeseries",
          title: "Time to answer, by route",
          description: "Time within which 95 % of each route's requests were answered.",
          unit: "s",
          width: 12,
          min: 0,
          queries: [
            {
              expr: quantile(0.95, { metric: seconds, where: calls, by: ["method", "route"] }),
              legend: "{{method}} {{route}}",
            },
          ],
          links: [toDashboard("Traces", "traces", { service: serviceNames.gateway })],
        },
      ],
    },
    {
      title: "Submissions",
      panels: [
        {
          kind: "timeseries",
          title: "By outcome",
          description:
            "Well-formed submissions a minute: queued, answered with an existing verification, or refused as the queue is full.",
          unit: "cpm",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: metricName("verifications_submitted_total"), by: ["outcome"] })}`,
              legend: "{{outcome}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "By standard",
          description: "Well-formed submissions a minute, by standard.",
          unit: "cpm",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: metricName("verifications_submitted_total"), by: ["standard"] })}`,
              legend: "{{standard}}",
            },
          ],
          links: [toDashboard("This standard", "standard", { standard: labelOfSeries("standard") })],
        },
        {
          kind: "timeseries",
          title: "Waiting",
          description: "Verifications that wait, by standard: the same from every pod.",
          unit: "none",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: agreed({ metric: metricName("verification_queue_depth"), by: ["standard"] }),
              legend: "{{standard}}",
            },
          ],
          links: [toDashboard("This standard", "standard", { standard: labelOfSeries("standard") })],
        },
      ],
    },
    {
      title: "Callers",
      panels: [
        {
          kind: "timeseries",
          title: "Not let in",
          description:
            "Requests a minute whose caller did not prove who it is, by reason. Many at once: somebody tries keys, or a rotation has gone wrong.",
          unit: "cpm",
          min: 0,
          stacked: true,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: metricName("authentication_failures_total"), by: ["reason"] })}`,
              legend: "{{reason}}",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Too many requests",
          description: "Requests a minute refused because their caller made too many.",
          unit: "cpm",
          min: 0,
          queries: [
            {
              expr: `60 * ${ratePerSecond({ metric: metricName("rate_limited_total") })}`,
              legend: "refused",
            },
          ],
        },
        {
          kind: "timeseries",
          title: "Event streams",
          description: "Event streams that callers follow, by pod.",
          unit: "none",
          min: 0,
          stacked: true,
          queries: [
            { expr: total({ metric: metricName("event_streams_open"), by: ["pod"] }), legend: "{{pod}}" },
          ],
        },
      ],
    },
    processRow('component="gateway"'),
    { title: "Log", panels: [logLines(`service.name:"${serviceNames.gateway}"`)] },
  ],
};
