import { z } from "zod";
import type { ContainerResources } from "../components/foundation/resources.ts";
import { checkResources } from "./cross-checks.ts";
import { cpu, dnsName, integer, memory, storage } from "./fields.ts";

/** CPU and memory of a container: what the scheduler reserves and what it may use at most. */
export function resources(size: ContainerResources) {
  const pair = (values: { cpu: string; memory: string }) =>
    z.strictObject({
      cpu: cpu(values.cpu).default(values.cpu),
      memory: memory(values.memory).default(values.memory),
    });
  return z
    .strictObject({
      requests: pair(size.requests).prefault({}),
      limits: pair(size.limits).prefault({}),
    })
    .superRefine(checkResources);
}

/** A section that says of its program nothing but the size. */
export function sized(size: ContainerResources) {
  return z.strictObject({ resources: resources(size).prefault({}) }).prefault({});
}

/** A volume: its size, and the StorageClass that makes it (the cluster's default class when left out). */
export function volume(size: string) {
  return z.strictObject({
    size: storage(size).default(size),
    storageClass: dnsName("longhorn-replicated").optional(),
  });
}

/** Which of the credentials that the stack makes one after the other. */
export const generation = integer("a count: raise it by one to have a new credential", {
  min: 1,
  max: 1_000_000,
  example: 2,
});
