import { buildDashboard } from "../../components/observability/dashboards/build.ts";
import { dashboards } from "../../components/observability/dashboards/catalog/index.ts";
import type { Objectives } from "../../components/observability/metrics/rules/rule.ts";

export const objectives: Objectives = {
  availability: 0.999,
  latency: { share: 0.99, seconds: 0.5 },
  verdicts: 0.95,
  timeToVerdict: { share: 0.95, seconds: 300 },
};

/** A panel, or the heading of a row, as Grafana reads it. */
export interface Shown {
  readonly id?: number;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly repeat?: string;
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type?: string; readonly uid?: string };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults?: {
      readonly unit?: string;
      readonly links?: readonly { readonly title?: string; readonly url?: string }[];
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
  };
}

interface Target {
  readonly refId?: string;
  readonly datasource?: { readonly type?: string; readonly uid?: string };
  readonly expr?: string;
  readonly query?: string;
}

/** A dashboard as Grafana reads it. */
export interface ShownDashboard {
  readonly uid?: string;
  readonly title?: string;
  readonly panels?: readonly Shown[];
  readonly templating?: { readonly list?: readonly { readonly name: string; readonly query?: unknown }[] };
}

/** Every dashboard, as the file says it. */
export function builtDashboards(): ShownDashboard[] {
  return dashboards(objectives).map(
    (spec) => JSON.parse(JSON.stringify(buildDashboard(spec))) as ShownDashboard,
  );
}

/** The panels of a dashboard without the headings. */
export function panelsOf({ panels = [] }: ShownDashboard): Shown[] {
  return panels.filter(({ type }) => type !== "row");
}

/** Every query of Prometheus on a dashboard, and the panel that it is of. */
export function expressionsOf(
  dashboard: ShownDashboard,
): { readonly panel: string; readonly expr: string }[] {
  return panelsOf(dashboard).flatMap(({ title = "", targets = [] }) =>
    targets.flatMap(({ expr }) =>
      expr === undefined ? [] : [{ panel: `${dashboard.title}: ${title}`, expr }],
    ),
  );
}

/** Names of the metrics in an expression: what is neither a label, nor a function, nor a word of the language. */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\{[^}]*\}/g, "{}")
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\b(by|on|ignoring|group_left|group_right|without)\s*\([^)]*\)/g, "");
  return [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])/g)]
    .map(([name]) => name)
    .filter((name) => !words.has(name));
}

const words = new Set(["or", "and", "unless", "bool", "sum", "max", "min", "count", "topk"]);
