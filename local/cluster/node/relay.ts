/**
 * The relay between the machine and the node: a program of the machine's side, started with the node's configuration
 * file. It alone connects the two; the API server listens on 127.0.0.1 only, and so does what leads to the gateway.
 */
import { readFileSync } from "node:fs";
import { forward } from "./forward.ts";
import type { NodeConfig } from "./settings.ts";

const { hostAddress, nodeAddress, apiPort, gatewayPort } = JSON.parse(
  readFileSync(process.argv[2] ?? "", "utf8"),
) as NodeConfig;

await forward({
  listen: { host: hostAddress, port: apiPort },
  target: () => ({ host: "127.0.0.1", port: apiPort }),
});
await forward({
  listen: { host: "127.0.0.1", port: gatewayPort },
  target: () => ({ host: nodeAddress, port: gatewayPort }),
});
