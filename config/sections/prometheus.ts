import { z } from "zod";
import { integer, oneOf } from "../fields.ts";
import { resources, volume } from "../shapes.ts";

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
  /** In most clusters a kubelet signs its certificate itself; where the cluster's authority does, it can be verified. */
  kubeletCertificates: oneOf(["unverified", "verified"]).default("unverified"),
  /** Of kube-state-metrics. */
  stateMetrics: z
    .strictObject({
      resources: resources({
        requests: { cpu: "25m", memory: "64Mi" },
        limits: { cpu: "200m", memory: "128Mi" },
      }).prefault({}),
    })
    .prefault({}),
  /** Of the blackbox exporter. */
  probes: z
    .strictObject({
      resources: resources({
        requests: { cpu: "25m", memory: "32Mi" },
        limits: { cpu: "200m", memory: "64Mi" },
      }).prefault({}),
    })
    .prefault({}),
});
