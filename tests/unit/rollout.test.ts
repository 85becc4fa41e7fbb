import { beforeAll, describe, expect, test } from "vitest";
import { type SettingKey, settingKeys } from "../../components/contract/runtime.ts";
import { standards } from "../../components/contract/standards.ts";
import type { Recording } from "./mocks.ts";
import { type Overrides, runProgram } from "./program.ts";
import { nameOf, templateOf, workloads } from "./shapes.ts";

const verifiers = standards.map(({ id }) => `${id}-verification`);
const migrations = "database-migrations";
const own = ["api-gateway", ...verifiers];
const backups = ["database-backup", "database-restore"];
/** Those whose own configuration has addresses inside the cluster. */
const addressed = [
  ...own,
  migrations,
  ...backups,
  "object-storage-buckets",
  "postgresql-exporter",
  "redis-exporter",
  "prometheus",
  "alertmanager",
  "grafana",
  "kibana",
  "logstash",
  "filebeat",
  "jaeger",
  "elasticsearch-exporter",
];

let before: Recording;
beforeAll(async () => {
  before = (await runProgram()).recording;
});

/** The workloads whose pods roll when this much of the configuration changes. */
async function rolledBy(config: Overrides): Promise<string[]> {
  const { recording } = await runProgram({ config });
  const template = (from: Recording, kind: string, name: string) => templateOf(from.object(kind, name));
  return workloads(before)
    .filter((workload) => {
      const kind = String(workload.inputs.kind);
      const name = nameOf(workload);
      return JSON.stringify(template(before, kind, name)) !== JSON.stringify(template(recording, kind, name));
    })
    .map(nameOf)
    .sort();
}

describe("a changed setting rolls exactly the pods that read it", () => {
  /** For every setting: a change of the configuration, and who reads it. */
  const readers: Record<SettingKey, { config: Overrides; rolled: readonly string[] }> = {
    // The address of a service follows from the domain; the databases themselves stay as they are.
    DATABASE_HOST: { config: { clusterDomain: "example.org" }, rolled: addressed },
    REDIS_HOST: { config: { clusterDomain: "example.org" }, rolled: addressed },
    // The ports are constants of the contract.
    DATABASE_PORT: { config: {}, rolled: [] },
    REDIS_PORT: { config: {}, rolled: [] },
    DATABASE_NAME: {
      config: { settings: { databaseName: "other" } },
      rolled: [...own, migrations, "postgresql", "postgresql-exporter"],
    },
    COQ_VERSION: { config: { settings: { coqVersion: "9.0.0" } }, rolled: verifiers },
    TLA_VERSION: { config: { settings: { tlaVersion: "1.9.0" } }, rolled: verifiers },
    RUST_VERSION: { config: { settings: { rustVersion: "1.90.0" } }, rolled: verifiers },
    Z3_VERSION: { config: { settings: { z3Version: "6.0.0" } }, rolled: verifiers },
    LOG_LEVEL: { config: { settings: { logLevel: "error" } }, rolled: [...own, migrations] },
    LOG_FORMAT: { config: { settings: { logFormat: "text" } }, rolled: [...own, migrations] },
    MAX_CONCURRENT_VERIFICATIONS: {
      config: { settings: { maxConcurrentVerifications: 2 } },
      rolled: verifiers,
    },
    VERIFICATION_TIMEOUT: { config: { settings: { verificationTimeout: 60 } }, rolled: verifiers },
    RESOURCE_LIMITS_CPU: { config: { settings: { resourceLimitsCpu: "3" } }, rolled: verifiers },
    RESOURCE_LIMITS_MEMORY: { config: { settings: { resourceLimitsMemory: "1Gi" } }, rolled: verifiers },
    // An alert tells of a queue that is nearly full.
    MAX_QUEUED_VERIFICATIONS: {
      config: { settings: { maxQueuedVerifications: 3 } },
      rolled: ["api-gateway", "prometheus"],
    },
    RATE_LIMIT_PER_MINUTE: { config: { settings: { rateLimitPerMinute: 3 } }, rolled: ["api-gateway"] },
    MAX_REQUEST_BYTES: { config: { settings: { maxRequestSize: "1Mi" } }, rolled: ["api-gateway"] },
    OTEL_EXPORTER_OTLP_ENDPOINT: {
      config: { settings: { otlpEndpoint: "http://jaeger:4318" } },
      rolled: [...own, migrations],
    },
  };

  test("every setting is in the table", () => {
    expect(Object.keys(readers).sort()).toEqual(Object.keys(settingKeys).sort());
  });

  test.each(Object.entries(readers))("%s", async (_, { config, rolled }) => {
    expect(await rolledBy(config)).toEqual([...rolled].sort());
  });
});

describe("a part of the configuration touches only what it is about", () => {
  test.each<[string, Overrides, readonly string[]]>([
    ["a parameter of PostgreSQL", { postgresql: { parameters: { work_mem: "5MB" } } }, ["postgresql"]],
    ["the memory of Redis", { redis: { maxmemory: "32mb" } }, ["redis"]],
    [
      "one image",
      { images: { overrides: { "wot-verification": "ghcr.io/x/wot:2.0" } } },
      ["wot-verification"],
    ],
    [
      "the version of the platform",
      { images: { tag: "0.2.0" } },
      [...own, migrations, ...backups, "object-storage-buckets"],
    ],
    ["the image of Grafana", { images: { grafana: "docker.io/grafana/grafana:13.2.1" } }, ["grafana"]],
    ["an objective", { alerting: { objectives: { availability: 0.99 } } }, ["prometheus", "grafana"]],
    [
      "days that logs are kept",
      { logging: { elasticsearch: { logs: { days: 2 } } } },
      ["elasticsearch-setup"],
    ],
    ["a limit of autoscaling", { autoscaling: { gateway: { maxReplicas: 9 } } }, []],
    ["the times of backups", { backup: { schedule: "0 */4 * * *" } }, []],
    ["scratch space of the verifiers", { verification: { scratch: "1Gi" } }, verifiers],
    [
      "replicas",
      {
        gateway: { replicas: 5 },
        verification: { replicas: 3 },
        autoscaling: { gateway: { maxReplicas: 6 }, verification: { maxReplicas: 4 } },
      },
      [],
    ],
    ["a volume's size", { postgresql: { storage: { size: "8Gi" } } }, []],
    ["the name of the owner", { settings: { databaseUser: "other" } }, [...own, "postgresql"]],
    ["nothing", {}, []],
  ])("%s", async (_, config, rolled) => {
    expect(await rolledBy(config)).toEqual([...rolled].sort());
  });

  test("a pull secret, which is every pod's", async () => {
    const rolled = await rolledBy({ images: { pullSecrets: ["registry"] } });
    expect(rolled).toEqual(workloads(before).map(nameOf).sort());
  });
});
