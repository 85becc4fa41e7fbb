import { systemNames } from "../../../contract/systems.ts";
import type { Objectives } from "../../metrics/rules/rule.ts";
import type { DashboardSpec } from "../spec.ts";
import { capacity } from "./capacity.ts";
import { gateway } from "./gateway.ts";
import { logs } from "./logs.ts";
import { overview } from "./overview.ts";
import { postgresql } from "./postgresql.ts";
import { redis } from "./redis.ts";
import { standard } from "./standard.ts";
import { telemetry } from "./telemetry.ts";
import { traces } from "./traces.ts";

/** Every dashboard, the first one first. `traceWriter` is the workload that takes traces. */
export function dashboards(
  objectives: Objectives,
  { traceWriter = systemNames.jaeger }: { readonly traceWriter?: string | undefined } = {},
): readonly DashboardSpec[] {
  return [
    overview(objectives),
    gateway,
    standard,
    postgresql,
    redis,
    logs,
    traces(traceWriter),
    capacity,
    telemetry,
  ];
}
