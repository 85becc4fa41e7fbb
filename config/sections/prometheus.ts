import { z } from "zod";
import { integer } from "../fields.ts";
import { resources, sized, volume } from "../shapes.ts";

/** Above a minute, a rate over five minutes has too few samples to be one. */
const interval = (example: number) => integer("seconds", { min: 5, max: 60, example });

/** What collects metrics. */
export const prometheus = z.strictObject({
  resources: resources({
    requests: { cpu: "250m", memory: "512Mi" },
    limits: { cpu: "500m", memory: "1Gi" },
  }).prefault({}),
  /** Four fifths of it bound what is kept. */
  storage: volume("10Gi").prefault({}),
  /** The slowest alerts look back three days. */
  retentionHours: integer("hours", { min: 72, max: 26_280, example: 200 }).default(200),
  scrapeInterval: interval(15).default(15),
  /** Of gateway and verifiers. */
  serviceScrapeInterval: interval(10).default(10),
  evaluationInterval: interval(15).default(15),
  /** Of kube-state-metrics. */
  stateMetrics: sized({
    requests: { cpu: "25m", memory: "64Mi" },
    limits: { cpu: "200m", memory: "128Mi" },
  }),
  /** Of the blackbox exporter. */
  probes: sized({
    requests: { cpu: "25m", memory: "32Mi" },
    limits: { cpu: "200m", memory: "64Mi" },
  }),
});
