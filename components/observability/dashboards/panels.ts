import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as model from "@grafana/grafana-foundation-sdk/dashboard";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import * as logs from "@grafana/grafana-foundation-sdk/logs";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as statetimeline from "@grafana/grafana-foundation-sdk/statetimeline";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type { Place } from "./layout.ts";
import { linkOf } from "./links.ts";
import * as queries from "./queries.ts";
import type { MeasuredSpec, PanelSpec, WordsSpec } from "./spec.ts";

/** What every kind of panel can be told; the SDK has a builder for each kind, without a common type. */
interface PanelBuilder extends Builder<model.Panel> {
  title(title: string): this;
  description(description: string): this;
  gridPos(place: model.GridPos): this;
  targets(targets: Builder<Dataquery>[]): this;
  dataLinks(links: Builder<model.DashboardLink>[]): this;
}

/** A panel that shows numbers. */
interface MeasuredBuilder extends PanelBuilder {
  unit(unit: string): this;
  min(min: number): this;
  max(max: number): this;
  thresholds(thresholds: Builder<model.ThresholdsConfig>): this;
  colorScheme(scheme: Builder<model.FieldColor>): this;
}

/** Writes a panel down as Grafana reads it. */
export function panelOf(spec: PanelSpec, place: Place, id: number): model.Panel {
  const builder = builderOf(spec)
    .title(spec.title)
    .description(spec.description)
    .gridPos({ ...place })
    .targets(targetsOf(spec));
  if (spec.links) builder.dataLinks(spec.links.map((link) => ({ build: () => linkOf(link) })));
  return { ...builder.build(), id, datasource: queries.sourceOf(sourceUidOf(spec)) };
}

function builderOf(spec: PanelSpec): PanelBuilder {
  switch (spec.kind) {
    case "timeseries":
      return measured(linesOf({ stacked: spec.stacked ?? false }), spec);
    case "logCount":
      return measured(linesOf({ stacked: true }), spec);
    case "stat":
      return measured(statOf(spec.words), spec);
    case "states":
      return measured(new statetimeline.PanelBuilder().mappings(mappingsOf(spec.words)), spec);
    case "table":
      return measured(tableOf(spec), spec);
    case "heatmap":
      return measured(heatmapOf(spec.unit), spec);
    case "logs":
      return new logs.PanelBuilder()
        .showTime(true)
        .wrapLogMessage(true)
        .enableLogDetails(true)
        .sortOrder(common.LogsSortOrder.Descending);
    case "traces":
      return new table.PanelBuilder().showHeader(true);
  }
}

function targetsOf(spec: PanelSpec): Builder<Dataquery>[] {
  switch (spec.kind) {
    case "timeseries":
    case "states":
      return spec.queries.map(queries.rangeQuery);
    case "stat":
      return spec.queries.map(queries.instantQuery);
    case "heatmap":
      return spec.queries.map(queries.bucketsQuery);
    case "table":
      return [queries.rowsQuery(spec.query)];
    case "logs":
      return [queries.logLinesQuery(spec.lucene)];
    case "logCount":
      return [queries.logCountQuery(spec.lucene, spec.by)];
    case "traces":
      return [queries.traceSearchQuery(spec.search)];
  }
}

function sourceUidOf({ kind }: PanelSpec) {
  if (kind === "logs" || kind === "logCount") return "elasticsearch";
  return kind === "traces" ? "jaeger" : "prometheus";
}

function measured<Kind extends MeasuredBuilder>(builder: Kind, spec: MeasuredSpec): Kind {
  builder.unit(spec.unit).thresholds(thresholdsOf(spec));
  if (spec.min !== undefined) builder.min(spec.min);
  if (spec.max !== undefined) builder.max(spec.max);
  return builder;
}

function linesOf({ stacked }: { readonly stacked: boolean }): timeseries.PanelBuilder {
  const lines = new timeseries.PanelBuilder()
    .fillOpacity(stacked ? 30 : 0)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
  return stacked
    ? lines.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group("A"))
    : lines;
}

function statOf(words: WordsSpec | undefined): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .colorScheme(new model.FieldColorBuilder().mode(model.FieldColorModeId.Thresholds))
    .mappings(words ? mappingsOf(words) : []);
}

/** Rows with the named columns only, in their order; the value comes last, under the panel's unit. */
function tableOf({ columns }: Extract<PanelSpec, { kind: "table" }>): table.PanelBuilder {
  const shown = [...columns, "Value"];
  return new table.PanelBuilder()
    .showHeader(true)
    .withTransformation({ id: "filterFieldsByName", options: { include: { names: shown } } })
    .withTransformation({
      id: "organize",
      options: { indexByName: Object.fromEntries(shown.map((name, index) => [name, index])) },
    });
}

/** Of buckets that the metric has already; the unit is that of the axis too. */
function heatmapOf(unit: string): heatmap.PanelBuilder {
  const axis = new heatmap.YAxisConfigBuilder().unit(unit);
  return new heatmap.PanelBuilder().calculate(false).yAxis(axis).showLegend();
}

function mappingsOf(words: WordsSpec): model.ValueMapping[] {
  const options = Object.fromEntries(
    Object.entries(words).map(([value, { text, colour }], index) => [value, { text, color: colour, index }]),
  );
  return [{ type: model.MappingType.ValueToText, options }];
}

function thresholdsOf({ thresholds = [], base = "green" }: MeasuredSpec): model.ThresholdsConfigBuilder {
  return new model.ThresholdsConfigBuilder()
    .mode(model.ThresholdsMode.Absolute)
    .steps([
      { value: null, color: base },
      ...thresholds.map(({ from, colour }) => ({ value: from, color: colour })),
    ]);
}
