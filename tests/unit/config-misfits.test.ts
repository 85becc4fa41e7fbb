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
    { postgresql: { parameters: { shared_buffers: "1GB", maintenance_work_mem: "145MB" } } },
    "postgresql.parameters.maintenance_work_mem",
    '"145MB"',
    beyondMemory("2052MB"),
  ],
  [
    "a log's buffers that take what sessions need",
    { postgresql: { parameters: { shared_buffers: "1GB", wal_buffers: "961MB" } } },
    "postgresql.parameters.wal_buffers",
    '"961MB"',
    beyondMemory("2673MB"),
  ],
  [
    "sorts larger than the container",
    { postgresql: { parameters: { work_mem: "4GB" } } },
    "postgresql.parameters.work_mem",
    '"4GB"',
    beyondMemory("33696MB"),
  ],
  [
    "more sessions than the container holds",
    { postgresql: { parameters: { max_connections: 2000 } } },
    "postgresql.parameters.max_connections",
    "2000",
    beyondMemory("4560MB"),
  ],
  [
    "more pods than the database has connections for",
    { autoscaling: { gateway: { maxReplicas: 17 } } },
    "postgresql.parameters.max_connections",
    "200",
    "is the default, and must be at least 204: 4 for each of 17 pods of the gateway, 3 for each of 40 of all verifiers, and 16 for " +
      "others; or lower autoscaling.gateway.maxReplicas and autoscaling.verification.maxReplicas; for example 204",
  ],
  [
    "more verifiers of one standard than the database has connections for",
    { autoscaling: { verification: { overrides: { tsn: { maxReplicas: 17 } } } } },
    "postgresql.parameters.max_connections",
    "200",
    "is the default, and must be at least 203: 4 for each of 10 pods of the gateway, 3 for each of 49 of all verifiers, and 16 for " +
      "others; or lower autoscaling.gateway.maxReplicas and autoscaling.verification.maxReplicas; for example 203",
  ],
  [
    "fewer connections than pods that do not scale need",
    {
      autoscaling: { metrics: "none" },
      postgresql: { parameters: { max_connections: 63 } },
      verification: { overrides: { tsn: { replicas: 4 } } },
    },
    "postgresql.parameters.max_connections",
    "63",
    "must be at least 64: 4 for each of 3 pods of the gateway, 3 for each of 12 of all verifiers, and 16 for others; or lower " +
      "gateway.replicas and verification.replicas; for example 64",
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

/** What is said of sessions that have no room beside the buffers. */
function beyondMemory(held: string): string {
  return (
    "must be lower: shared_buffers, wal_buffers, 4 times maintenance_work_mem, 8 times work_mem and 2MB for each of " +
    `max_connections are ${held}, beyond resources.limits.memory, which is 2Gi; or raise that`
  );
}

describeRefusals("a value that does not fit another", misfits);

test("what just fits is taken", () => {
  const parameters = { shared_buffers: "1GB", maintenance_work_mem: "144MB", max_wal_size: "10GB" };
  expect(accepted({ postgresql: { parameters }, redis: { maxmemory: "384mb" } })).toMatchObject({
    postgresql: { parameters },
    redis: { maxmemory: "384mb" },
  });
  const exactly = { postgresql: { parameters: { max_connections: 176 } } };
  expect(accepted(exactly)).toMatchObject(exactly);
});

test("a value that is no legal quantity is reported by itself, and compared with nothing", () => {
  const parameters = { shared_buffers: "lots", maintenance_work_mem: "16GB" };
  expect(problemsOf({ postgresql: { parameters } }).map(({ key }) => key)).toEqual([
    "postgresql.parameters.shared_buffers",
  ]);
});
