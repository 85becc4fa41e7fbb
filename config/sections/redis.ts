import { z } from "zod";
import { checkRedis } from "../cross-checks.ts";
import { redisMemory } from "../fields.ts";
import { resources, volume } from "../shapes.ts";

export const redis = z
  .strictObject({
    resources: resources({
      requests: { cpu: "250m", memory: "256Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
    }).prefault({}),
    storage: volume("5Gi").prefault({}),
    maxmemory: redisMemory({ min: "8mb", max: "256gb", example: "256mb" }).default("256mb"),
  })
  .superRefine(checkRedis);
