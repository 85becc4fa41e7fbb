import { bytesOf } from "../../../foundation/quantity.ts";
import type { ContainerResources } from "../../../foundation/resources.ts";

// What Kibana's container has in every form.

/** Three fifths of the memory. */
export function heapOption({ limits }: ContainerResources) {
  const heap = Math.floor(((bytesOf(limits.memory) ?? 0) * 0.6) / 2 ** 20);
  return { name: "NODE_OPTIONS", value: `--max-old-space-size=${heap}` };
}

const status = { httpGet: { path: "/api/status", port: "https", scheme: "HTTPS" } };

/** Started: all of it is there, within 10 minutes. Ready: it works, and so does Elasticsearch. Alive: it still listens. */
export const probes = {
  startupProbe: { ...status, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 60 },
  readinessProbe: { ...status, periodSeconds: 10, timeoutSeconds: 5 },
  livenessProbe: { tcpSocket: { port: "https" }, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
};
