import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import * as elasticsearch from "@grafana/grafana-foundation-sdk/elasticsearch";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import { logFields } from "./sources.ts";
import type { QuerySpec, SourceUid, TraceSearchSpec } from "./spec.ts";

/** A reference to a data source: Grafana's plugin of that name, and the identity that it is provisioned with. */
export function sourceOf(uid: SourceUid): DataSourceRef {
  return { type: uid, uid };
}

/** Values over the time that the dashboard shows. */
export function rangeQuery({ expr, legend }: QuerySpec, index = 0): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .refId(refIdOf(index))
    .datasource(sourceOf("prometheus"))
    .editorMode(prometheus.QueryEditorMode.Code)
    .expr(expr)
    .legendFormat(legend)
    .range();
}

/** The values of this moment. */
export function instantQuery(query: QuerySpec, index = 0): prometheus.DataqueryBuilder {
  return rangeQuery(query, index).instant();
}

/** Buckets of a histogram over time. */
export function bucketsQuery(query: QuerySpec, index = 0): prometheus.DataqueryBuilder {
  return rangeQuery(query, index).format(prometheus.PromQueryFormat.Heatmap);
}

/** The values of this moment as rows with a column for each label. */
export function rowsQuery(query: QuerySpec): prometheus.DataqueryBuilder {
  return instantQuery(query).format(prometheus.PromQueryFormat.Table);
}

/** Log lines that fit a query of Lucene's syntax. */
export function logLinesQuery(lucene: string): elasticsearch.DataqueryBuilder {
  return searchOf(lucene).metrics([lines]);
}

/** Number of log lines over time, for each of the ten most frequent values of a field. */
export function logCountQuery(lucene: string, field: string): elasticsearch.DataqueryBuilder {
  return searchOf(lucene)
    .metrics([count])
    .bucketAggs([
      new elasticsearch.TermsBuilder().id("2").field(field).settings({
        size: "10",
        order: elasticsearch.TermsOrder.Desc,
        orderBy: "_count",
        min_doc_count: "1",
      }),
      new elasticsearch.DateHistogramBuilder().id("3").field(logFields.time).settings({ interval: "auto" }),
    ]);
}

// The SDK's own builders of these leave their types unsaid.
const count: Builder<elasticsearch.Count> = { build: () => ({ type: "count", id: "1" }) };
const lines: Builder<elasticsearch.Logs> = {
  build: () => ({ type: "logs", id: "1", settings: { limit: "500" } }),
};

function searchOf(lucene: string): elasticsearch.DataqueryBuilder {
  return new elasticsearch.DataqueryBuilder()
    .refId(refIdOf(0))
    .datasource(sourceOf("elasticsearch"))
    .timeField(logFields.time)
    .query(lucene);
}

/** A query of Grafana's Jaeger plugin, of which the SDK has no type. */
interface JaegerQuery extends Dataquery, TraceSearchSpec {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly queryType: "search";
  readonly limit: number;
}

/** The newest traces that fit. */
export function traceSearchQuery(search: TraceSearchSpec): Builder<JaegerQuery> {
  return {
    build: () => ({
      refId: refIdOf(0),
      datasource: sourceOf("jaeger"),
      queryType: "search",
      limit: 50,
      ...search,
      _implementsDataqueryVariant() {},
    }),
  };
}

/** Queries of a panel are lettered. */
function refIdOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}
