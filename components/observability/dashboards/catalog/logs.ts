import { toDashboard, uids } from "../links.ts";
import { logFields } from "../sources.ts";
import type { DashboardSpec } from "../spec.ts";
import { writerVariable } from "../variables.ts";
import { logLines } from "./parts.ts";

const chosen = `${logFields.service}:$service AND ($search)`;

/** What the services write, and how much of it. */
export const logs: DashboardSpec = {
  uid: uids.logs,
  title: "Logs",
  description: "Log lines of the chosen services. trace.id of a line leads to its trace.",
  range: "1h",
  variables: [
    writerVariable,
    {
      name: "search",
      label: "Search",
      description:
        "Lucene's syntax, such as log.level:error, verification.id:ID or a word; * for everything.",
      initial: "*",
    },
  ],
  rows: [
    {
      title: "How many",
      panels: [
        {
          kind: "logCount",
          title: "By level",
          description: "Lines that fit, by level.",
          unit: "none",
          width: 12,
          min: 0,
          lucene: chosen,
          by: logFields.level,
        },
        {
          kind: "logCount",
          title: "By service",
          description: "Lines that fit, by who wrote them. Lines beyond a service's rate cap are dropped.",
          unit: "none",
          width: 12,
          min: 0,
          lucene: chosen,
          by: logFields.service,
        },
      ],
    },
    {
      title: "Errors",
      panels: [
        {
          ...logLines(`${chosen} AND ${logFields.level}:error`),
          title: "Errors",
          height: 8,
          links: [toDashboard("Traces with errors", "traces")],
        },
      ],
    },
    { title: "Lines", panels: [logLines(chosen)] },
  ],
};
