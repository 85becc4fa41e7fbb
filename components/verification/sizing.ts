import { bytesOf, cpuQuantity, memoryQuantity, millicoresOf } from "../foundation/quantity.ts";
import type { ContainerResources } from "../foundation/resources.ts";

/**
 * What a verifier's container may use: the service's own share, and on top what its engines may use together. The
 * scheduler reserves the service's share only, because engines run only while there is work.
 */
export function verifierResources(
  service: ContainerResources,
  engines: { readonly cpu: string; readonly memory: string },
): ContainerResources {
  return {
    requests: service.requests,
    limits: {
      cpu: cpuQuantity((millicoresOf(service.limits.cpu) ?? 0) + (millicoresOf(engines.cpu) ?? 0)),
      memory: memoryQuantity((bytesOf(service.limits.memory) ?? 0) + (bytesOf(engines.memory) ?? 0)),
    },
  };
}
