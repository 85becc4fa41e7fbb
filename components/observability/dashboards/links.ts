import {
  type DashboardLink,
  DashboardLinkType,
  defaultDashboardLink,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { LinkSpec } from "./spec.ts";

/** Ids of the dashboards, which are in their addresses. */
export const uids = {
  overview: "iot-overview",
  gateway: "iot-gateway",
  standard: "iot-standard",
  postgresql: "iot-postgresql",
  redis: "iot-redis",
  logs: "iot-logs",
  traces: "iot-traces",
  capacity: "iot-capacity",
  telemetry: "iot-telemetry",
} as const;

/** The time that the dashboard shows goes along. */
const sameTime = `\${__url_time_range}`;

/** To a dashboard, with variables chosen there, if any. */
export function toDashboard(
  title: string,
  uid: keyof typeof uids,
  variables: Readonly<Record<string, string>> = {},
): LinkSpec {
  const chosen = Object.entries(variables).map(([name, value]) => `var-${name}=${value}&`);
  return { title, url: `/d/${uids[uid]}?${chosen.join("")}${sameTime}` };
}

/** The value of a label of the series that a link stands at. */
export function labelOfSeries(label: string): string {
  return `\${__field.labels.${label}}`;
}

/** A link as the SDK begins it, but in the open instead of in a menu. */
const { placement: _inMenu, ...openLink } = defaultDashboardLink();

/** Writes a link down as Grafana reads it. */
export function linkOf({ title, url }: LinkSpec): DashboardLink {
  return { ...openLink, type: DashboardLinkType.Link, title, url };
}

/** To all dashboards with a tag, for the same time. */
export function linkToTagged(title: string, tag: string): DashboardLink {
  return {
    ...openLink,
    type: DashboardLinkType.Dashboards,
    title,
    tags: [tag],
    asDropdown: true,
    keepTime: true,
  };
}
