import { expect, test } from "vitest";
import { accepted, describeRefusals, problemsOf, type Refusal } from "./config-cases.ts";

const misfits: readonly Refusal[] = [
  [
    "more CPU reserved than allowed",
    { gateway: { resources: { requests: { cpu: "2" } } } },
    "gateway.resources.requests.cpu",
    '"2"',
    "must be at most limits.cpu, which is 500m; for example 500m",
  ],
  [
    "more memory reserved than allowed",
    { redis: { resources: { requests: { memory: "1Gi" } } } },
    "redis.resources.requests.memory",
    '"1Gi"',
    "must be at most limits.memory, which is 512Mi; for example 512Mi",
  ],
  [
    "a limit below the default request",
    { verification: { resources: { limits: { memory: "100Mi" } } } },
    "verification.resources.requests.memory",
    '"512Mi"',
    "is the default, and must be at most limits.memory, which is 100Mi; for example 100Mi",
  ],
  [
    "engines that leave no memory to each other",
    { settings: { maxConcurrentVerifications: 50 } },
    "settings.resourceLimitsMemory",
    '"4Gi"',
    "is the default, and must be at least 96Mi for each of maxConcurrentVerifications, which is 50; or lower that; for example 4800Mi",
  ],
  [
    "bodies beyond the gateway's memory",
    { settings: { maxRequestSize: "16Mi" } },
    "settings.maxRequestSize",
    '"16Mi"',
    "must be at most a 64th of gateway.resources.limits.memory, which is 512Mi; or raise that; for example 8192Ki",
  ],
  [
    "shared buffers that leave no room",
    { postgresql: { parameters: { shared_buffers: "2GB" } } },
    "postgresql.parameters.shared_buffers",
    '"2GB"',
    "must be at most half of resources.limits.memory, which is 2Gi; or raise that; for example 1024MB",
  ],
  [
    "shared buffers beyond the least container",
    {
      postgresql: {
        parameters: { shared_buffers: "16MB", maintenance_work_mem: "1MB", wal_buffers: "32kB" },
        resources: { requests: { memory: "16Mi" }, limits: { memory: "16Mi" } },
      },
    },
    "postgresql.parameters.shared_buffers",
    '"16MB"',
    "must be at most half of resources.limits.memory, which is 16Mi; or raise that",
    // No example: half of that is below what the key takes at least.
  ],
  [
    "maintenance that takes what shared buffers leave",
    { postgresql: { parameters: { shared_buffers: "1GB", maintenance_work_mem: "1009MB" } } },
    "postgresql.parameters.maintenance_work_mem",
    '"1009MB"',
    "must be with shared_buffers and wal_buffers at most resources.limits.memory, which is 2Gi; or raise that",
  ],
  [
    "a log's buffers that take what the default maintenance needs",
    { postgresql: { parameters: { shared_buffers: "1GB", wal_buffers: "961MB" } } },
    "postgresql.parameters.maintenance_work_mem",
    '"64MB"',
    "is the default, and must be with shared_buffers and wal_buffers at most resources.limits.memory, which is 2Gi; or raise that",
  ],
  [
    "a log that fills its volume",
    { postgresql: { parameters: { max_wal_size: "11GB" } } },
    "postgresql.parameters.max_wal_size",
    '"11GB"',
    "must be at most half of storage.size, which is 20Gi (a full volume stops the database); or raise that; for example 10240MB",
  ],
  [
    "a volume too small for the default log",
    { postgresql: { storage: { size: "4Gi" } } },
    "postgresql.parameters.max_wal_size",
    '"4GB"',
    "is the default, and must be at most half of storage.size, which is 4Gi (a full volume stops the database); or raise that; for example 2048MB",
  ],
  [
    "a least log above the most",
    { postgresql: { parameters: { min_wal_size: "5GB" } } },
    "postgresql.parameters.min_wal_size",
    '"5GB"',
    "must be at most max_wal_size, which is 4GB; for example 4GB",
  ],
  [
    "a cache that leaves no room",
    { redis: { maxmemory: "385mb" } },
    "redis.maxmemory",
    '"385mb"',
    "must be at most three quarters of resources.limits.memory, which is 512Mi (a snapshot copies pages); or raise that; for example 384mb",
  ],
];

describeRefusals("a value that does not fit another", misfits);

test("what just fits is taken", () => {
  const parameters = { shared_buffers: "1GB", maintenance_work_mem: "1008MB", max_wal_size: "10GB" };
  expect(accepted({ postgresql: { parameters }, redis: { maxmemory: "384mb" } })).toMatchObject({
    postgresql: { parameters },
    redis: { maxmemory: "384mb" },
  });
});

test("a value that is no legal quantity is reported by itself, and compared with nothing", () => {
  const parameters = { shared_buffers: "lots", maintenance_work_mem: "16GB" };
  expect(problemsOf({ postgresql: { parameters } }).map(({ key }) => key)).toEqual([
    "postgresql.parameters.shared_buffers",
  ]);
});
