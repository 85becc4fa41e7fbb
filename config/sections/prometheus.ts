import { z } from "zod";
import { versionOf } from "../../components/observability/logging/operator.ts";
import { integer, oneOf } from "../fields.ts";
import { resources, sized, volume } from "../shapes.ts";

/** Above a minute, a rate over five minutes has too few samples to be one. */
const interval = (example: number) => integer("seconds", { min: 5, max: 60, example });

/** What collects metrics. */
export const prometheus = z.strictObject({
  form: oneOf(["embedded", "operator"]).default("embedded"),
  /** With an operator: each has a volume, scrapes everything and evaluates every rule. */
  replicas: integer("pods", { min: 2, max: 4, example: 2 }).default(2),
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

interface Forms {
  readonly prometheus: { readonly form: string };
  readonly images: Readonly<Record<"prometheus" | "alertmanager", string>>;
}

/** The operator writes configuration and arguments for a version, which it cannot ask an image for. */
export function checkPrometheus(
  { prometheus, images }: Forms,
  context: z.core.$RefinementCtx<unknown>,
): void {
  if (prometheus.form !== "operator") return;
  for (const key of ["prometheus", "alertmanager"] as const) {
    if (versionOf(images[key]) !== undefined) continue;
    const allowed =
      "an image with a tag of three numbers (a digest may follow it), by which the operator goes, as prometheus.form is operator";
    context.addIssue({
      code: "custom",
      path: ["images", key],
      params: { value: images[key], allowed },
    });
  }
}
