import type { ContainerResources, StackConfig } from "../../config/index.ts";
import { bytesOf, cpuQuantity, memoryQuantity, millicoresOf } from "../foundation/quantity.ts";

/**
 * What a verifier's container may use: the service's own share, and on top what its engines may use together. The
 * scheduler reserves the service's share only, because engines run only while there is work.
 */
export function verifierResources(
  service: ContainerResources,
  {
    resourceLimitsCpu,
    resourceLimitsMemory,
  }: Pick<StackConfig["settings"], "resourceLimitsCpu" | "resourceLimitsMemory">,
): ContainerResources {
  return {
    requests: service.requests,
    limits: {
      cpu: cpuQuantity((millicoresOf(service.limits.cpu) ?? 0) + (millicoresOf(resourceLimitsCpu) ?? 0)),
      memory: memoryQuantity((bytesOf(service.limits.memory) ?? 0) + (bytesOf(resourceLimitsMemory) ?? 0)),
    },
  };
}
