import { z } from "zod";
import { checkPostgresql } from "../cross-checks.ts";
import { decimal, integer, postgresMemory } from "../fields.ts";
import { resources, volume } from "../shapes.ts";

export const postgresql = z
  .strictObject({
    resources: resources({
      requests: { cpu: "500m", memory: "1Gi" },
      limits: { cpu: "1", memory: "2Gi" },
    }).prefault({}),
    storage: volume("20Gi").prefault({}),
    /** Parameters of postgresql.conf, under PostgreSQL's own names: https://www.postgresql.org/docs/17/runtime-config.html */
    parameters: z
      .strictObject({
        max_connections: integer("connections", { min: 10, max: 2000, example: 200 }).default(200),
        shared_buffers: postgresMemory({ min: "16MB", max: "128GB", example: "256MB" }).default("256MB"),
        effective_cache_size: postgresMemory({ min: "16MB", max: "512GB", example: "1GB" }).default("1GB"),
        maintenance_work_mem: postgresMemory({ min: "1MB", max: "16GB", example: "64MB" }).default("64MB"),
        work_mem: postgresMemory({ min: "64kB", max: "4GB", example: "4MB" }).default("4MB"),
        wal_buffers: postgresMemory({ min: "32kB", max: "1GB", example: "16MB" }).default("16MB"),
        min_wal_size: postgresMemory({ min: "32MB", max: "256GB", example: "1GB" }).default("1GB"),
        max_wal_size: postgresMemory({ min: "64MB", max: "1TB", example: "4GB" }).default("4GB"),
        checkpoint_completion_target: decimal("share of the interval", {
          min: 0,
          max: 1,
          example: 0.9,
        }).default(0.9),
        default_statistics_target: integer("histogram buckets", {
          min: 1,
          max: 10_000,
          example: 100,
        }).default(100),
        random_page_cost: decimal("times a sequential page", { min: 0.1, max: 100, example: 1.1 }).default(
          1.1,
        ),
        effective_io_concurrency: integer("concurrent reads", { min: 0, max: 1000, example: 200 }).default(
          200,
        ),
      })
      .prefault({}),
  })
  .superRefine(checkPostgresql);
