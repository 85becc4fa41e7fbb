import { loadConfig } from "./config/index.ts";
import { clusterLayer } from "./layers/cluster.ts";
import { platformLayer } from "./layers/platform.ts";

/** What the operators and other tenants of a cluster share is a stack of its own: destroying the platform leaves it alone. */
export default () => {
  const config = loadConfig();
  return config.layer === "cluster" ? clusterLayer(config) : platformLayer(config);
};
