import type { LinkSpec, PanelSpec } from "../spec.ts";
import { upWords } from "../words.ts";

/** Whether a system does what it is for: the query gives 1 where it does, and 0 where it does not. */
export function upPanel({
  expr,
  legend,
  ...panel
}: {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly expr: string;
  readonly legend: string;
  readonly links?: readonly LinkSpec[];
}): PanelSpec {
  return {
    kind: "stat",
    ...panel,
    unit: "none",
    words: upWords,
    base: "red",
    thresholds: [{ from: 1, colour: "green" }],
    queries: [{ expr, legend }],
  };
}

/** The newest lines of the log that fit. */
export function logLines(lucene: string): PanelSpec {
  return {
    kind: "logs",
    title: "Lines",
    description:
      "The newest log lines. A line opens to its fields; trace.id leads to the trace that it belongs to.",
    width: 24,
    height: 12,
    lucene,
  };
}
