/**
 * Dashboards as data: what one shows and why, free of how Grafana writes that down. It imports nothing.
 */

/** The identity by which Grafana knows a data source, whatever it is called. */
export type SourceUid = "prometheus" | "elasticsearch" | "jaeger";

/** A dashboard. */
export interface DashboardSpec {
  /** Stable id, which is in its address; at most 40 characters. */
  readonly uid: string;
  readonly title: string;
  /** What question it answers. */
  readonly description: string;
  /** Choices at its head. @default none */
  readonly variables?: readonly VariableSpec[];
  /** Time that it shows at first, up to now, as in `6h`. @default 6h */
  readonly range?: string;
  readonly rows: readonly RowSpec[];
}

/** A choice at the head of a dashboard, `$name` in its queries. */
export interface VariableSpec {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** What can be chosen: several at once, or all, which is so at first. @default any text */
  readonly options?: readonly { readonly text: string; readonly value: string }[];
  /** What *All* stands for in queries. @default every option */
  readonly all?: string;
  /** The one option that is chosen at first, where only one can be. @default several can be */
  readonly single?: string;
  /** The text at first. @default "" */
  readonly initial?: string;
}

/** Panels under one heading. */
export interface RowSpec {
  readonly title: string;
  /** Name of the variable for each of whose chosen values the row stands once. @default it stands once */
  readonly repeat?: string;
  readonly panels: readonly PanelSpec[];
}

interface Common {
  readonly title: string;
  /** What it says, and what to make of it. */
  readonly description: string;
  /** Columns, of 24. @default 8 */
  readonly width?: number;
  /** Rows of Grafana's grid. @default 8, a stat 4 */
  readonly height?: number;
  /** Where a value leads to. @default nowhere */
  readonly links?: readonly LinkSpec[];
}

/** What panels of numbers say besides. */
export interface MeasuredSpec extends Common {
  /** Of every value: an id of https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
  readonly unit: string;
  /** Values from which on another colour holds, ascending. @default the base colour for all */
  readonly thresholds?: readonly ThresholdSpec[];
  /** Colour below the first of them. @default green */
  readonly base?: Colour;
  /** Ends of the scale. @default from the data */
  readonly min?: number;
  readonly max?: number;
}

export type Colour = "green" | "yellow" | "orange" | "red" | "blue";

export interface ThresholdSpec {
  readonly from: number;
  readonly colour: Colour;
}

/** A query of Prometheus. */
export interface QuerySpec {
  /** In PromQL, with Grafana's variables: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/ */
  readonly expr: string;
  /** Name of each series, with labels in braces: `{{pod}}`. */
  readonly legend: string;
}

/** Where a value leads to, as a path inside Grafana; `${__field.labels.NAME}` is a label of the series. */
export interface LinkSpec {
  readonly title: string;
  readonly url: string;
}

/** A panel: one of these kinds. */
export type PanelSpec =
  /** Values over time; `stacked`: each on top of the others, where their sum means something. */
  | (MeasuredSpec & {
      readonly kind: "timeseries";
      readonly queries: readonly QuerySpec[];
      readonly stacked?: true;
    })
  /** The newest value, large. */
  | (MeasuredSpec & {
      readonly kind: "stat";
      readonly queries: readonly QuerySpec[];
      readonly words?: WordsSpec;
    })
  /** States over time, one line each. */
  | (MeasuredSpec & {
      readonly kind: "states";
      readonly queries: readonly QuerySpec[];
      readonly words: WordsSpec;
    })
  /** The newest values of one query as rows; columns are its labels. */
  | (MeasuredSpec & {
      readonly kind: "table";
      readonly query: QuerySpec;
      readonly columns: readonly string[];
    })
  /** How often values of each size occurred; the query gives buckets by `le`. */
  | (MeasuredSpec & { readonly kind: "heatmap"; readonly queries: readonly QuerySpec[] })
  /** Log lines that fit a query of Lucene's syntax, the newest first. */
  | (Common & { readonly kind: "logs"; readonly lucene: string })
  /** Number of log lines over time, by the values of a field. */
  | (MeasuredSpec & { readonly kind: "logCount"; readonly lucene: string; readonly by: string })
  /** Traces of a service, the newest first. */
  | (Common & { readonly kind: "traces"; readonly search: TraceSearchSpec });

/** Words for values, by value. */
export type WordsSpec = Readonly<Record<number, { readonly text: string; readonly colour: Colour }>>;

export interface TraceSearchSpec {
  readonly service: string;
  /** Tags in logfmt, such as `error=true`. @default all */
  readonly tags?: string;
  /** Least duration, such as `100ms`. @default all */
  readonly minDuration?: string;
}
