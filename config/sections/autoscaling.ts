import { z } from "zod";
import { type StandardId, standards } from "../../components/contract/standards.ts";
import { integer, oneOf } from "../fields.ts";
import { sized } from "../shapes.ts";

const maxReplicas = (example: number) => integer("pods at most", { min: 1, max: 200, example });

/** Percent of what pods request; over 100, because they may use more than that. */
const utilization = (example: number) =>
  integer("percent of what pods request, on average", { min: 1, max: 1000, example });

const gateway = z.strictObject({
  maxReplicas: maxReplicas(10).default(10),
  cpuUtilization: utilization(70).default(70),
  memoryUtilization: utilization(80).default(80),
});

/**
 * Pods are added as soon as engines use more CPU than is reserved for them, which no other pod is bound to leave them.
 *
 * Memory has no default: a pod requests the share of its service alone, so that every larger proof is beyond any such
 * target, and what a proof holds does not become less by further pods, which would come one after the other up to the
 * maximum.
 */
const verification = z.strictObject({
  maxReplicas: maxReplicas(8).default(8),
  cpuUtilization: utilization(75).default(75),
  memoryUtilization: utilization(80).optional(),
  /** Targets of single standards. */
  overrides: z
    .partialRecord(
      z.enum(standards.map(({ id }) => id) as [StandardId, ...StandardId[]]),
      z.strictObject({
        maxReplicas: maxReplicas(16).optional(),
        cpuUtilization: utilization(150).optional(),
        memoryUtilization: utilization(300).optional(),
      }),
    )
    .default({}),
});

/** How the gateway and the verifiers grow beyond their `replicas`. */
export const autoscaling = z.strictObject({
  /**
   * Where the CPU and memory that pods use is learned from: from what the cluster has already, from a metrics-server that
   * comes with the platform, or not at all, and every number of pods stays what it is.
   */
  metrics: oneOf(["present", "install", "none"]).default("present"),
  gateway: gateway.prefault({}),
  verification: verification.prefault({}),
  /** Only used with `install`. */
  metricsServer: sized({
    requests: { cpu: "100m", memory: "200Mi" },
    limits: { cpu: "500m", memory: "400Mi" },
  }),
});

interface Scaled {
  readonly autoscaling: z.output<typeof autoscaling>;
  readonly gateway: { readonly replicas: number };
  readonly verification: {
    readonly replicas: number;
    readonly overrides: Partial<Readonly<Record<StandardId, { readonly replicas?: number | undefined }>>>;
  };
}

/** What scales may grow: its maximum is not below the number that it begins with. */
export function checkAutoscaling(config: Scaled, context: z.core.$RefinementCtx<unknown>): void {
  const { autoscaling, gateway, verification } = config;
  if (autoscaling.metrics === "none") return;
  const check = (path: string[], maximum: number, least: { key: string; replicas: number }) => {
    // A number of pods that is no legal one is reported by itself, and compared with nothing.
    const isLegal = !context.issues.some(({ path }) => path?.join(".") === least.key);
    if (maximum >= least.replicas || !isLegal) return;
    context.addIssue({
      code: "custom",
      path: ["autoscaling", ...path, "maxReplicas"],
      params: {
        value: maximum,
        allowed: `at least ${least.key}, which is ${least.replicas}; or lower that`,
        example: String(least.replicas),
      },
    });
  };
  check(["gateway"], autoscaling.gateway.maxReplicas, {
    key: "gateway.replicas",
    replicas: gateway.replicas,
  });
  for (const { id } of standards) {
    const own = autoscaling.verification.overrides[id]?.maxReplicas;
    const replicas = verification.overrides[id]?.replicas;
    check(
      own === undefined ? ["verification"] : ["verification", "overrides", id],
      own ?? autoscaling.verification.maxReplicas,
      replicas === undefined
        ? { key: "verification.replicas", replicas: verification.replicas }
        : { key: `verification.overrides.${id}.replicas`, replicas },
    );
  }
}
