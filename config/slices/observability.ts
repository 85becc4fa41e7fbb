import type { Data } from "../../components/data/index.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { Gateway } from "../../components/gateway/index.ts";
import type { ObservabilityArgs } from "../../components/observability/index.ts";
import type { Logging } from "../../components/observability/logging/index.ts";
import type { Verification } from "../../components/verification/index.ts";
import type { StackConfig } from "../schema.ts";
import { dashboardsArgs } from "./dashboards.ts";
import { exportersArgs } from "./exporters.ts";
import { metricsArgs } from "./metrics.ts";
import { tracingArgs } from "./tracing.ts";

export function observabilityArgs(
  config: StackConfig,
  foundation: Pick<Foundation, "platform" | "credentials">,
  tiers: {
    readonly logging: Pick<Logging, "logins" | "proberCertificate">;
    readonly data: Pick<Data, "database" | "cache">;
    readonly verification: Pick<Verification, "urls">;
    readonly gateway: Pick<Gateway, "url">;
  },
): ObservabilityArgs {
  const { logging, data, verification, gateway } = tiers;
  return {
    platform: foundation.platform,
    token: foundation.credentials.prometheusToken,
    workloads: [gateway.url, ...Object.values(verification.urls)],
    logging,
    tracing: tracingArgs(config, foundation),
    exporters: exportersArgs(config, foundation, data),
    metrics: metricsArgs(config, foundation),
    dashboards: dashboardsArgs(config, foundation),
  };
}
