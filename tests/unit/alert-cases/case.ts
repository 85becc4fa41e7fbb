/** Series by selector, with values as promtool writes them: `5x60` is 5 at each of 61 minutes, `0+2x60` rises by 2. */
export type Series = Readonly<Record<string, string>>;

/** What an alert needs to fire, and what it must not fire at. */
export interface AlertCases {
  readonly fires: readonly {
    readonly series: Series;
    /** The first minute, from 0, at which it fires. */
    readonly at: number;
    /** Labels of each alert that fires, without its name and severity. */
    readonly labels: readonly Readonly<Record<string, string>>[];
  }[];
  /** Each as near as may be to what it fires at. */
  readonly silent: readonly { readonly series: Series; readonly until: number }[];
}

/** Cases by the name of their alert. */
export type Cases = Readonly<Record<string, AlertCases>>;

/** A case whose series differ in values only: those at which the alert fires, and those at which it must not. */
export function byValue(args: {
  readonly at: number;
  readonly labels: Readonly<Record<string, string>>;
  /** For each selector: values that fire, then values that do not. */
  readonly series: Readonly<Record<string, readonly [fires: string, ...silent: string[]]>>;
  /** @default a day */
  readonly until?: number;
}): AlertCases {
  const all = Object.entries(args.series);
  const variant = (index: number) =>
    Object.fromEntries(all.map(([selector, values]) => [selector, values[index] ?? values[0]]));
  const variants = Math.max(...all.map(([, values]) => values.length));
  return {
    fires: [{ series: variant(0), at: args.at, labels: [args.labels] }],
    silent: Array.from({ length: variants - 1 }, (_, index) => ({
      series: variant(index + 1),
      until: args.until ?? 4 * 60,
    })),
  };
}
