import { Data } from "./components/data/index.ts";
import { connect } from "./components/foundation/cluster.ts";
import { Foundation } from "./components/foundation/index.ts";
import { Gateway } from "./components/gateway/index.ts";
import { Observability } from "./components/observability/index.ts";
import { Verification } from "./components/verification/index.ts";
import { loadConfig } from "./config/index.ts";
import {
  dataArgs,
  foundationArgs,
  gatewayArgs,
  observabilityArgs,
  verificationArgs,
} from "./config/slices.ts";

const config = loadConfig();
const options = { providers: [connect("cluster", config.cluster)] };

const foundation = new Foundation("foundation", foundationArgs(config), options);
const data = new Data("data", dataArgs(config, foundation), options);
const verification = new Verification("verification", verificationArgs(config, foundation, data), options);
const gateway = new Gateway("gateway", gatewayArgs(config, foundation, data), options);
const observability = new Observability(
  "observability",
  observabilityArgs(foundation, verification, gateway),
  options,
);

/** Name of the namespace that the platform lives in. */
export const namespace = foundation.platform.namespace;
/** URL of the API inside the cluster. */
export const gatewayUrl = gateway.url;
/** URL of each standard's verifier inside the cluster, by the standard's id. */
export const verificationUrls = verification.urls;
/** Address of PostgreSQL inside the cluster, `HOST:PORT`. */
export const databaseEndpoint = data.database.endpoint;
/** Address of Redis inside the cluster, `HOST:PORT`. */
export const cacheEndpoint = data.cache.endpoint;
/** Names of the Secrets to read credentials from, by what they open. */
export const credentialSecrets = {
  database: data.database.credential.secret,
  cache: data.cache.credential.secret,
  gateway: gateway.secret,
  metrics: observability.secret,
};
