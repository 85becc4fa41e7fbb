import type { PanelSpec } from "../spec.ts";

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
