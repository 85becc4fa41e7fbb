import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import {
  type MetricDeclaration,
  type MetricKey,
  metricName,
  metrics as table,
} from "../../components/contract/metrics.ts";
import type { Logger } from "./logs.ts";
import { within } from "./within.ts";

/** Which of the table's metrics a workload serves, besides those that all serve. */
export type Server = Exclude<MetricDeclaration["servedBy"], "all">;

type Table = typeof table;
type ValueOf<Declared> = Declared extends readonly string[] ? Declared[number] : string;
/** The labels of a metric, all of them, as the last argument; no argument where it has none. */
type LabelArguments<Key extends MetricKey> = keyof Table[Key]["labels"] extends never
  ? []
  : [labels: { readonly [L in keyof Table[Key]["labels"]]: ValueOf<Table[Key]["labels"][L]> }];

interface CounterHandle<Key extends MetricKey> {
  inc(...labels: LabelArguments<Key>): void;
}
interface GaugeHandle<Key extends MetricKey> {
  set(value: number, ...labels: LabelArguments<Key>): void;
  inc(...labels: LabelArguments<Key>): void;
  dec(...labels: LabelArguments<Key>): void;
}
interface HistogramHandle<Key extends MetricKey> {
  observe(value: number, ...labels: LabelArguments<Key>): void;
}
type Handle<Key extends MetricKey> = {
  counter: CounterHandle<Key>;
  gauge: GaugeHandle<Key>;
  histogram: HistogramHandle<Key>;
}[Table[Key]["type"]];

type KeyServedBy<Who> = { [K in MetricKey]: Table[K]["servedBy"] extends Who ? K : never }[MetricKey];

/** Metrics by name. One that the workload does not serve, or a label that is not declared, does not compile. */
export type Metrics<S extends Server> = { readonly [K in KeyServedBy<S | "all">]: Handle<K> };
/** The metrics that every workload serves. */
export type CommonMetrics = { readonly [K in KeyServedBy<"all">]: Handle<K> };

/** The metrics of one process. */
export interface MetricsRegistry<S extends Server> {
  readonly metrics: Metrics<S>;
  /** Has this done before each scrape, to set gauges from somewhere else. If it fails, the others are served all the same. */
  beforeScrape(collect: () => Promise<void> | void): void;
  /** All of them in the Prometheus text format, together with what a Node process has by itself. */
  text(): Promise<string>;
  /** Media type of the text. */
  readonly contentType: string;
}

/** Longest that a scrape waits for a collector: a scraper gives up after ten seconds by default. */
const collectMilliseconds = 5_000;

/** The metrics of the table that this workload serves, all at their beginning. */
export function createRegistry<S extends Server>(server: S, log: Logger): MetricsRegistry<S> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const served = (Object.keys(table) as MetricKey[]).filter((key) => isServedBy(table[key], server));
  const handles: unknown = Object.fromEntries(served.map((key) => [key, handleOf(key, registry)]));
  const collectors: (() => Promise<void> | void)[] = [];
  const collect = async (collector: () => Promise<void> | void) => {
    try {
      await within(collectMilliseconds, "collecting metrics", Promise.resolve(collector()));
    } catch (err) {
      log.warn({ err }, "some metrics could not be collected for this scrape");
    }
  };
  return {
    metrics: handles as Metrics<S>,
    beforeScrape: (collector) => void collectors.push(collector),
    text: async () => {
      await Promise.all(collectors.map(collect));
      (handles as CommonMetrics).clock_seconds.set(Date.now() / 1000);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function isServedBy({ servedBy }: MetricDeclaration, server: Server): boolean {
  return servedBy === "all" || servedBy === server;
}

/** What all three kinds can do; their types let callers use only what fits the kind. */
function handleOf(key: MetricKey, registry: Registry) {
  const { type, help, labels, buckets }: MetricDeclaration = table[key];
  const configuration = {
    name: metricName(key),
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  };
  type Given = Record<string, string>;
  if (type === "counter") {
    const counter = new Counter(configuration);
    return { inc: (given: Given = {}) => counter.inc(given) };
  }
  if (type === "gauge") {
    const gauge = new Gauge(configuration);
    return {
      set: (value: number, given: Given = {}) => gauge.set(given, value),
      inc: (given: Given = {}) => gauge.inc(given),
      dec: (given: Given = {}) => gauge.dec(given),
    };
  }
  const histogram = new Histogram({ ...configuration, ...(buckets && { buckets: [...buckets] }) });
  return { observe: (value: number, given: Given = {}) => histogram.observe(given, value) };
}
