import { beforeAll, describe, expect, test } from "vitest";
import { type SettingKey, settingKeys } from "../../components/contract/runtime.ts";
import { standards } from "../../components/contract/standards.ts";
import type { Recording } from "./mocks.ts";
import { type Overrides, runProgram } from "./program.ts";
import { annotationsOf, at, nameOf, workloads } from "./shapes.ts";

const verifiers = standards.map(({ id }) => `${id}-verification`);
const own = ["api-gateway", ...verifiers];

let before: Recording;
beforeAll(async () => {
  before = (await runProgram()).recording;
});

/** The workloads whose pods roll when this much of the configuration changes. */
async function rolledBy(
  config: Overrides,
  secrets: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { recording } = await runProgram({ config, secrets });
  const template = (from: Recording, kind: string, name: string) =>
    at(from.object(kind, name), "spec.template");
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
    DATABASE_HOST: { config: { clusterDomain: "example.org" }, rolled: own },
    REDIS_HOST: { config: { clusterDomain: "example.org" }, rolled: own },
    // The ports are constants of the contract.
    DATABASE_PORT: { config: {}, rolled: [] },
    REDIS_PORT: { config: {}, rolled: [] },
    DATABASE_NAME: { config: { settings: { databaseName: "other" } }, rolled: [...own, "postgresql"] },
    COQ_VERSION: { config: { settings: { coqVersion: "9.0.0" } }, rolled: verifiers },
    TLA_VERSION: { config: { settings: { tlaVersion: "1.9.0" } }, rolled: verifiers },
    RUST_VERSION: { config: { settings: { rustVersion: "1.90.0" } }, rolled: verifiers },
    LOG_LEVEL: { config: { settings: { logLevel: "error" } }, rolled: own },
    LOG_FORMAT: { config: { settings: { logFormat: "text" } }, rolled: own },
    MAX_CONCURRENT_VERIFICATIONS: {
      config: { settings: { maxConcurrentVerifications: 3 } },
      rolled: verifiers,
    },
    VERIFICATION_TIMEOUT: { config: { settings: { verificationTimeout: 60 } }, rolled: verifiers },
    RESOURCE_LIMITS_CPU: { config: { settings: { resourceLimitsCpu: "1" } }, rolled: verifiers },
    RESOURCE_LIMITS_MEMORY: { config: { settings: { resourceLimitsMemory: "1Gi" } }, rolled: verifiers },
  };

  test("every setting is in the table", () => {
    expect(Object.keys(readers).sort()).toEqual(Object.keys(settingKeys).sort());
  });

  test.each(Object.entries(readers))("%s", async (_, { config, rolled }) => {
    expect(await rolledBy(config)).toEqual([...rolled].sort());
  });
});

describe("a changed credential rolls its readers and the server that checks it", () => {
  test.each([
    ["database", [...own, "postgresql"]],
    ["redis", [...own, "redis"]],
    ["jwtSecret", ["api-gateway"]],
    ["apiKey", ["api-gateway"]],
    ["prometheusToken", own],
  ])("%s", async (credential, rolled) => {
    expect(await rolledBy({ rotation: { [credential]: 2 } })).toEqual([...rolled].sort());
  });

  test("a credential that somebody chose does so too", async () => {
    expect(await rolledBy({}, { redisPassword: "chosen-by-somebody" })).toEqual([...own, "redis"].sort());
  });
});

describe("a part of the configuration touches only what it is about", () => {
  test.each<[string, Overrides, readonly string[]]>([
    ["a parameter of PostgreSQL", { postgresql: { parameters: { work_mem: "8MB" } } }, ["postgresql"]],
    ["the memory of Redis", { redis: { maxmemory: "32mb" } }, ["redis"]],
    [
      "one image",
      { images: { overrides: { "wot-verification": "ghcr.io/x/wot:2.0" } } },
      ["wot-verification"],
    ],
    ["the version of the platform", { images: { tag: "0.2.0" } }, own],
    ["a pull secret", { images: { pullSecrets: ["registry"] } }, [...own, "postgresql", "redis"]],
    ["scratch space of the verifiers", { verification: { scratch: "1Gi" } }, verifiers],
    ["replicas", { gateway: { replicas: 5 }, verification: { replicas: 4 } }, []],
    ["a volume's size", { postgresql: { storage: { size: "8Gi" } } }, []],
    ["nothing", {}, []],
  ])("%s", async (_, config, rolled) => {
    expect(await rolledBy(config)).toEqual([...rolled].sort());
  });
});

test("annotations are all that a rotation changes in its readers' pods", async () => {
  const { recording } = await runProgram({ config: { rotation: { database: 2 } } });
  const changed = (name: string) => {
    const [old, now] = [before, recording].map((from) => annotationsOf(from.object("Deployment", name)));
    return Object.keys(old ?? {}).filter((key) => old?.[key] !== now?.[key]);
  };
  expect(own.map(changed)).toEqual(own.map(() => ["iot-verification.dev/database-revision"]));
});

test("revisions are short, plain, stable, and differ between credentials of equal value", async () => {
  const same = "the-same-value-for-two-credentials";
  const { recording } = await runProgram({ secrets: { databasePassword: same, redisPassword: same } });
  const again = await runProgram({ secrets: { databasePassword: same, redisPassword: same } });
  const annotations = annotationsOf(recording.object("Deployment", "api-gateway"));
  expect(annotations).toEqual(annotationsOf(again.recording.object("Deployment", "api-gateway")));
  expect(Object.keys(annotations).sort()).toEqual([
    "iot-verification.dev/database-revision",
    "iot-verification.dev/gateway-revision",
    "iot-verification.dev/metrics-revision",
    "iot-verification.dev/redis-revision",
    "iot-verification.dev/settings-checksum",
  ]);
  expect(annotations["iot-verification.dev/database-revision"]).toMatch(/^[0-9a-f]{12}$/);
  expect(annotations["iot-verification.dev/settings-checksum"]).toMatch(/^[0-9a-f]{16}$/);
  expect(JSON.stringify(annotations)).not.toContain(same);
});
