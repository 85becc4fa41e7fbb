import { commonSettings, databaseConnections, gatewaySettings } from "../../components/contract/runtime.ts";
import { openQueue } from "../database/queue.ts";
import { checkDatabase, countConnections, databaseOf, queueLogOf } from "../database/service.ts";
import { verificationsOn } from "../database/verifications.ts";
import { openCache } from "../runtime/cache.ts";
import { readCredential } from "../runtime/credentials.ts";
import { runService, type ServiceContext } from "../runtime/lifecycle.ts";
import type { Address } from "../runtime/listen.ts";
import { readCredentialValues } from "./auth/keys.ts";
import type { Catalogue } from "./catalogue.ts";
import { createGateway } from "./gateway.ts";
import { reportQueues } from "./queue-metrics.ts";

export interface GatewayServiceOptions {
  readonly catalogue: Catalogue;
  /** Where it listens. @default the contract's ports on every interface */
  readonly addresses?: Readonly<Record<"http" | "metrics", Address>>;
}

/** The variables that the gateway reads. */
export const gatewayVariables = [...commonSettings, ...gatewaySettings] as const;

/** Milliseconds that a statement may take: none of the gateway's takes long, and nobody waits longer for an answer. */
const statementTimeout = 5_000;

type Context = ServiceContext<(typeof gatewayVariables)[number], "gateway">;

/** Runs the gateway until the process is told to end. */
export function runGatewayService({ catalogue, addresses }: GatewayServiceOptions): Promise<void> {
  return runService({
    settings: gatewayVariables,
    metricsOf: "gateway",
    ...(addresses && { addresses }),
    start: (context) => start(catalogue, context),
  });
}

async function start(catalogue: Catalogue, context: Context): Promise<void> {
  const { settings, log, metrics, beforeScrape, onStop, address } = context;
  const database = databaseOf(context, { maxConnections: databaseConnections.gateway, statementTimeout });
  countConnections(database, context);
  const queue = openQueue(database, "sender", queueLogOf(context));
  onStop("queue", () => queue.stop({ close: false, graceful: false }));
  const verifications = verificationsOn(database, queue);
  beforeScrape(() => reportQueues(verifications, metrics));
  const cache = openCache({
    host: settings.REDIS_HOST,
    port: settings.REDIS_PORT,
    password: () => readCredential("redis", "password"),
    log,
    metrics,
  });
  onStop("cache", () => cache.stop());

  const app = await createGateway({
    log,
    metrics,
    catalogue,
    verifications,
    cache,
    readiness: [{ name: "database", check: () => checkDatabase(database) }],
    credentials: readCredentialValues,
    limits: {
      maxQueued: settings.MAX_QUEUED_VERIFICATIONS,
      requestsPerMinute: settings.RATE_LIMIT_PER_MINUTE,
      maxRequestBytes: settings.MAX_REQUEST_BYTES,
    },
  });
  await app.listen(address);
  onStop("http", () => app.close());
}
