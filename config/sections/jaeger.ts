import { z } from "zod";
import { integer, oneOf } from "../fields.ts";
import { resources } from "../shapes.ts";

const pods = (example: number) => integer("pods", { min: 1, max: 10, example });

const size = {
  requests: { cpu: "250m", memory: "256Mi" },
  limits: { cpu: "1", memory: "1Gi" },
};

export const jaeger = z.strictObject({
  /** One program that takes traces and answers questions, or one for each: https://www.jaegertracing.io/docs/2.20/architecture/ */
  form: oneOf(["all-in-one", "distributed"]).default("all-in-one"),
  /** All in one. */
  replicas: pods(2).default(2),
  resources: resources(size).prefault({}),
  /** Distributed: what takes traces. */
  collector: z
    .strictObject({
      replicas: pods(2).default(2),
      maxReplicas: integer("pods at most", { min: 1, max: 50, example: 6 }).default(6),
      cpuUtilization: integer("percent of what pods request, on average", {
        min: 1,
        max: 1000,
        example: 70,
      }).default(70),
      resources: resources(size).prefault({}),
    })
    .prefault({}),
  /** Distributed: what answers questions. */
  query: z
    .strictObject({ replicas: pods(2).default(2), resources: resources(size).prefault({}) })
    .prefault({}),
});

interface Collectors {
  readonly jaeger: z.output<typeof jaeger>;
  readonly autoscaling: { readonly metrics: string };
}

/** What grows does not begin beyond its maximum. */
export function checkJaeger(
  { jaeger, autoscaling }: Collectors,
  context: z.core.$RefinementCtx<unknown>,
): void {
  const { replicas, maxReplicas } = jaeger.collector;
  if (jaeger.form !== "distributed" || autoscaling.metrics === "none" || maxReplicas >= replicas) return;
  const allowed = `at least jaeger.collector.replicas, which is ${replicas}; or lower that`;
  context.addIssue({
    code: "custom",
    path: ["jaeger", "collector", "maxReplicas"],
    params: { value: maxReplicas, allowed, example: String(replicas) },
  });
}
