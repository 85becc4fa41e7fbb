/**
 * The metrics that the platform's workloads serve, in one table: services make them from it, alerts and dashboards take
 * names from it, so that they cannot drift apart. It imports nothing.
 *
 * Names follow https://prometheus.io/docs/practices/naming/: base units, a counter ends in `_total`.
 */

/** What a metric is about, what it counts in, and what it is told apart by. */
export interface MetricDeclaration {
  /** As of https://prometheus.io/docs/concepts/metric_types/. */
  readonly type: "counter" | "gauge" | "histogram";
  /** What one is one of. */
  readonly unit: string;
  /** For each label: the values that it can have, or, where they are not known here, what they say. */
  readonly labels: Readonly<Record<string, readonly string[] | string>>;
  /** What the value says, for whoever reads it on a dashboard. */
  readonly help: string;
  /** Upper bounds of a histogram's buckets, ascending, in the unit. */
  readonly buckets?: readonly number[];
  /** Which workloads serve it. */
  readonly servedBy: "gateway" | "verifier" | "all";
}

/** What every name begins with. The metrics that a Node process has by itself keep their own names. */
export const metricPrefix = "iot_verification_";

/** From what feels instant to what a caller gives up on. */
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
/** From a model of a few streams to the longest proof that a stack may be configured for. */
const proofSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600] as const;

/** Every metric of ours, by its name without the prefix. */
export const metrics = {
  http_requests_total: {
    type: "counter",
    unit: "requests",
    labels: {
      method: "method of the request",
      route: "template of the route, or `unmatched`",
      status_class: ["1xx", "2xx", "3xx", "4xx", "5xx"],
    },
    help: "Requests answered on the HTTP port.",
    servedBy: "all",
  },
  http_request_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    labels: { method: "method of the request", route: "template of the route, or `unmatched`" },
    help: "Time from a request's first byte to the end of its answer; event streams are left out.",
    buckets: requestSeconds,
    servedBy: "all",
  },
  verifications_submitted_total: {
    type: "counter",
    unit: "submissions",
    labels: { standard: "id of the standard", outcome: ["accepted", "reused", "refused"] },
    help: "Well-formed submissions: queued, answered with an existing verification, or refused as the queue is full.",
    servedBy: "gateway",
  },
  verification_queue_depth: {
    type: "gauge",
    unit: "verifications",
    labels: { standard: "id of the standard" },
    help: "Verifications that wait, as the database has them: the same from every pod.",
    servedBy: "gateway",
  },
  verification_queue_oldest_seconds: {
    type: "gauge",
    unit: "seconds",
    labels: { standard: "id of the standard" },
    help: "How long the oldest waiting verification has waited; 0 when none waits.",
    servedBy: "gateway",
  },
  authentication_failures_total: {
    type: "counter",
    unit: "requests",
    labels: { reason: "why the caller was not let in" },
    help: "Requests refused because the caller did not prove who it is.",
    servedBy: "gateway",
  },
  rate_limited_total: {
    type: "counter",
    unit: "requests",
    labels: {},
    help: "Requests refused because their caller made too many.",
    servedBy: "gateway",
  },
  event_streams_open: {
    type: "gauge",
    unit: "streams",
    labels: {},
    help: "Event streams that callers follow at this moment.",
    servedBy: "gateway",
  },
  verifications_finished_total: {
    type: "counter",
    unit: "verifications",
    labels: {
      standard: "id of the standard",
      property: "id of the property",
      verdict: ["proved", "violated", "unknown", "invalid"],
    },
    help: "Verdicts stored.",
    servedBy: "verifier",
  },
  verification_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    labels: { standard: "id of the standard", property: "id of the property" },
    help: "Time from the start of a verification's last attempt to its verdict.",
    buckets: proofSeconds,
    servedBy: "verifier",
  },
  verifications_running: {
    type: "gauge",
    unit: "verifications",
    labels: { standard: "id of the standard" },
    help: "Verifications that this pod runs at this moment.",
    servedBy: "verifier",
  },
  verification_retries_total: {
    type: "counter",
    unit: "attempts",
    labels: { standard: "id of the standard" },
    help: "Attempts begun because the worker of the attempt before was lost.",
    servedBy: "verifier",
  },
  engine_runs_total: {
    type: "counter",
    unit: "runs",
    labels: { engine: "name of the engine", outcome: ["completed", "timeout", "memory", "failed"] },
    help: "Engine processes that have ended, and how.",
    servedBy: "verifier",
  },
  engine_run_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    labels: { engine: "name of the engine" },
    help: "Time that an engine process ran.",
    buckets: proofSeconds,
    servedBy: "verifier",
  },
  engine_version_matches: {
    type: "gauge",
    unit: "boolean",
    labels: { engine: "name of the engine" },
    help: "1 when the image carries the version of the engine that is configured, otherwise 0.",
    servedBy: "verifier",
  },
  database_pool_connections: {
    type: "gauge",
    unit: "connections",
    labels: { state: ["idle", "busy", "waiting"] },
    help: "Connections to the database: unused, in use, and requests that wait for one.",
    servedBy: "all",
  },
  cache_up: {
    type: "gauge",
    unit: "boolean",
    labels: {},
    help: "1 while the cache answers, otherwise 0: the platform works on, slower.",
    servedBy: "all",
  },
  clock_seconds: {
    type: "gauge",
    unit: "seconds",
    labels: {},
    help: "The pod's clock when it was scraped, since 1970: it differs from the time of the scrape where a node's clock is wrong.",
    servedBy: "all",
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

/** The name of a metric, without the prefix. */
export type MetricKey = keyof typeof metrics;

/** The name of a metric as a scraper sees it. */
export function metricName<Key extends MetricKey>(key: Key): `${typeof metricPrefix}${Key}` {
  return `${metricPrefix}${key}`;
}
