import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  type RowPanel,
  TimePickerBuilder,
  VariableHide,
  type VariableModel,
  VariableType,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { placeFrom } from "./layout.ts";
import { linkToTagged } from "./links.ts";
import { panelOf } from "./panels.ts";
import type { DashboardSpec, PanelSpec, RowSpec, VariableSpec } from "./spec.ts";

/** Tag of all dashboards of the platform, by which they find each other. */
const tag = "iot-verification";

/** Writes a dashboard down as Grafana reads it: https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/ */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([tag])
    .timezone("browser")
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${spec.range ?? "6h"}`, to: "now" })
    .timepicker(new TimePickerBuilder().refreshIntervals(["30s", "1m", "5m", "15m"]))
    .refresh("1m")
    .link({ build: () => linkToTagged("Dashboards", tag) })
    .variables((spec.variables ?? []).map((variable) => ({ build: () => variableOf(variable) })));
  return { ...builder.build(), panels: panelsOf(spec.rows) };
}

/** Every row's heading, and below it its panels. */
function panelsOf(rows: readonly RowSpec[]): (Panel | RowPanel)[] {
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push(headingOf(row, y, panels.length + 1));
    const { places, below } = placeFrom(y + 1, row.panels.map(sizeOf));
    row.panels.forEach((panel, index) => {
      const place = places[index];
      if (place) panels.push(panelOf(panel, place, panels.length + 1));
    });
    y = below;
  }
  return panels;
}

function headingOf({ title, repeat }: RowSpec, y: number, id: number): RowPanel {
  return {
    type: "row",
    id,
    title,
    collapsed: false,
    gridPos: { x: 0, y, w: 24, h: 1 },
    panels: [],
    ...(repeat !== undefined && { repeat }),
  };
}

function sizeOf({ kind, width = 8, height = kind === "stat" ? 4 : 8 }: PanelSpec) {
  return { w: width, h: height };
}

function variableOf({
  name,
  label,
  description,
  options,
  all,
  single,
  initial = "",
}: VariableSpec): VariableModel {
  const named = { name, label, description, hide: VariableHide.DontHide, skipUrlSync: false };
  if (!options) {
    return {
      ...named,
      type: VariableType.Textbox,
      query: initial,
      current: { text: initial, value: initial },
    };
  }
  const several = single === undefined;
  return {
    ...named,
    type: VariableType.Custom,
    query: options.map(({ text, value }) => `${text} : ${value}`).join(","),
    multi: several,
    includeAll: several,
    ...(all !== undefined && { allValue: all }),
    allowCustomValue: false,
    current: several ? { text: ["All"], value: ["$__all"] } : { text: single, value: single },
  };
}
