import { servicePorts } from "../../contract/runtime.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import { type ServerPod, serverPaths } from "../server-pod.ts";
import { configurationDirectory } from "./configuration.ts";

/** The pod of the official image: user 999, as its Dockerfile creates it. Its entry point is not used. */
export function redisPod({ image, resources }: { image: string; resources: ContainerResources }): ServerPod {
  return {
    user: { uid: 999, gid: 999 },
    terminationGracePeriodSeconds: 30,
    dataDirectory: "/data",
    configurationDirectory,
    container: {
      name: "redis",
      image,
      command: ["sh", `${configurationDirectory}/start.sh`],
      ports: [{ name: "redis", containerPort: servicePorts.redis, protocol: "TCP" }],
      resources,
      startupProbe: { exec: { command: says(`PONG|${busy}`) }, periodSeconds: 2, failureThreshold: 150 },
      readinessProbe: { exec: { command: says("PONG") }, periodSeconds: 5, timeoutSeconds: 3 },
      livenessProbe: {
        exec: { command: says(`PONG|${busy}`) },
        periodSeconds: 10,
        timeoutSeconds: 5,
        failureThreshold: 6,
      },
    },
    scratch: [],
  };
}

/** What a server says that is alive and would not be helped by a restart. */
const busy = "LOADING|BUSY|MISCONF|max number of clients";

/** redis-cli ends well whatever the server says, so what it says is what counts. */
function says(pattern: string): string[] {
  return [
    "sh",
    "-c",
    `REDISCLI_AUTH="$(cat ${serverPaths.run}/password)" redis-cli --no-auth-warning ping 2>&1 | grep -qE '${pattern}'`,
  ];
}
