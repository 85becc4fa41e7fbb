/** Grafana's own choice of a window for rates: at least four scrapes, and no finer than the screen. */
const window = "$__rate_interval";

export interface Of {
  /** Name of the metric. */
  readonly metric: string;
  /** Conditions on labels, as between the braces of a selector. @default all series */
  readonly where?: string;
  /** Labels that the result is told apart by. @default none: one series */
  readonly by?: readonly string[];
}

/** How much a counter grows each second. */
export function ratePerSecond({ by = [], ...of }: Of): string {
  return `sum${grouping(by)}(rate(${selector(of)}[${window}]))`;
}

/** How much a counter grew over the time that the dashboard shows; 0 where there is nothing. */
export function grown(of: Omit<Of, "by">): string {
  return `(sum(increase(${selector(of)}[$__range])) or vector(0))`;
}

/** The value below which that share of a histogram's observations lies. */
export function quantile(share: number, { metric, where = "", by = [] }: Of): string {
  const buckets = { metric: `${metric}_bucket`, where, by: [...by, "le"] };
  return `histogram_quantile(${share}, ${ratePerSecond(buckets)})`;
}

/** A gauge that every pod reports alike. */
export function agreed({ by = [], ...of }: Of): string {
  return `max${grouping(by)}(${selector(of)})`;
}

/** A gauge of which every pod reports its own part. */
export function total({ by = [], ...of }: Of): string {
  return `sum${grouping(by)}(${selector(of)})`;
}

function grouping(labels: readonly string[]): string {
  return labels.length === 0 ? "" : ` by (${labels.join(", ")}) `;
}

function selector({ metric, where = "" }: Omit<Of, "by">): string {
  return where === "" ? metric : `${metric}{${where}}`;
}
