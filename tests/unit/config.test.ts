import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseConfig } from "../../config/parse.ts";
import { describeProblems } from "../../config/problems.ts";
import { schema, secretKeys } from "../../config/schema.ts";
import { accepted, parse, problemsOf, project } from "./config-cases.ts";
import { root, stackConfig } from "./program.ts";

describe("defaults", () => {
  test("an empty configuration has the sizes of production: the seed's", () => {
    expect(accepted({})).toMatchObject({
      cluster: { context: "test-cluster" },
      namespace: "iot-verification",
      environment: "development",
      team: "iot-verification",
      clusterDomain: "cluster.local",
      images: { registry: "ghcr.io/iot-verification", tag: "0.1.0", overrides: {}, pullSecrets: [] },
      settings: {
        databaseName: "iot_verification",
        databaseUser: "iot_user",
        coqVersion: "8.16.0",
        tlaVersion: "1.8.0",
        rustVersion: "1.70.0",
        z3Version: "5.4.1",
        logLevel: "info",
        logFormat: "json",
        maxConcurrentVerifications: 10,
        verificationTimeout: 300,
        resourceLimitsCpu: "2",
        resourceLimitsMemory: "4Gi",
        maxQueuedVerifications: 1000,
        rateLimitPerMinute: 600,
        maxRequestSize: "4Mi",
      },
      postgresql: {
        resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "1", memory: "2Gi" } },
        storage: { size: "20Gi" },
        parameters: {
          max_connections: 200,
          shared_buffers: "256MB",
          effective_cache_size: "1GB",
          maintenance_work_mem: "64MB",
          checkpoint_completion_target: 0.9,
          wal_buffers: "16MB",
          default_statistics_target: 100,
          random_page_cost: 1.1,
          effective_io_concurrency: 200,
          work_mem: "4MB",
          min_wal_size: "1GB",
          max_wal_size: "4GB",
        },
      },
      redis: {
        resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
        storage: { size: "5Gi" },
        maxmemory: "256mb",
      },
      migrations: {
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
      },
      verification: {
        replicas: 2,
        resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "1", memory: "1Gi" } },
        scratch: "10Gi",
        overrides: {},
      },
      gateway: {
        replicas: 3,
        resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
        scratch: "64Mi",
      },
    });
  });

  test("what a section leaves out has its default", () => {
    const { gateway } = accepted({ gateway: { resources: { limits: { cpu: 2 } } } });
    expect(gateway).toEqual({
      replicas: 3,
      resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "2", memory: "512Mi" } },
      scratch: "64Mi",
    });
  });

  test("production's file changes what a site chooses and no size", () => {
    const { values, secretKeys: secret } = stackConfig({ stack: "prod" });
    const { config } = parseConfig({ project, stack: "prod", values, secretKeys: new Set(secret) });
    const { environment, postgresql, redis, objectStorage, prometheus, ...rest } = accepted({});
    const { alerting, grafana, jaeger, logging, mesh, ...sizes } = rest;
    const on = (storageClass: string, size: string) => ({ storage: { size, storageClass } });
    const volume = (size: string) => on("longhorn-replicated", size);
    expect(config).toEqual({
      ...sizes,
      operatorCheck: "disabled",
      environment: "production",
      mesh: { ...mesh, form: "ambient" },
      postgresql: { ...postgresql, ...volume("20Gi") },
      redis: { ...redis, ...volume("5Gi") },
      objectStorage: { ...objectStorage, ...volume("100Gi") },
      prometheus: { ...prometheus, ...volume("10Gi"), form: "operator" },
      alerting: { ...alerting, ...volume("1Gi") },
      grafana: { ...grafana, ...volume("5Gi") },
      jaeger: { ...jaeger, form: "distributed" },
      logging: {
        ...logging,
        form: "operator",
        elasticsearch: { ...logging.elasticsearch, ...on("longhorn-local", "50Gi") },
        logstash: { ...logging.logstash, replicas: 2, storageClass: "longhorn-replicated" },
        kibana: { ...logging.kibana, replicas: 2 },
      },
    });
    for (const [section, { storage }] of Object.entries({
      postgresql,
      redis,
      objectStorage,
      prometheus,
      alerting,
      grafana,
    })) {
      expect(config?.[section as "redis"].storage.size).toBe(storage.size);
    }
  });
});

describe("Pulumi.yaml", () => {
  const { config } = parseYaml(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, Record<string, unknown>>;
  };
  const plainKeys = Object.keys(schema.shape).filter(
    (key) => !(secretKeys as readonly string[]).includes(key),
  );

  test("declares the keys of the schema, and no secret", () => {
    expect(Object.keys(config)).toEqual(plainKeys);
  });

  test.each(Object.entries(config))(
    "describes %s, gives it no type, and the schema's default",
    (key, entry) => {
      expect(Object.keys(entry)).toEqual(["description", "default"]);
      expect(entry.description).toMatch(/^[A-Z].{15}/);
      expect(accepted({ [key]: entry.default })).toEqual(accepted({}));
    },
  );
});

describe("the cluster", () => {
  const raw = { project, stack: "prod", secretKeys: new Set<string>() };
  const missing = {
    key: "kubernetes:context",
    advice:
      "is missing: a stack never deploys to whatever context happens to be current; name one of " +
      "`kubectl config get-contexts` with `pulumi config set kubernetes:context NAME --stack prod`",
  };

  test.each([
    ["missing", {}],
    ["empty", { "kubernetes:context": "" }],
    ["blank", { "kubernetes:context": " \t" }],
    ["of another package", { "iot:context": "c" }],
  ])("a context that is %s is refused", (_, values) => {
    expect(parseConfig({ ...raw, values })).toEqual({ problems: [missing] });
  });

  test("a kubeconfig is passed on, and absent otherwise", () => {
    const values = { "kubernetes:context": "c", "kubernetes:kubeconfig": "/some/file" };
    expect(parseConfig({ ...raw, values }).config?.cluster).toEqual({
      context: "c",
      kubeconfig: "/some/file",
    });
    expect(accepted({}).cluster).toEqual({ context: "test-cluster" });
  });

  test.each([
    ["kubernetes:kubeConfg", "did you mean kubernetes:kubeconfig?"],
    ["kubernetes:Contxt", "did you mean kubernetes:context?"],
    ["kubernetes:namespace", "it uses kubernetes:context and kubernetes:kubeconfig"],
    ["kubernetes:", "it uses kubernetes:context and kubernetes:kubeconfig"],
  ])("%s is refused: the provider that the stack makes would not see it", (key, advice) => {
    const problem = { key, advice: `is not used by this stack; ${advice}` };
    const values = { "kubernetes:context": "c", [key]: "x" };
    expect(parseConfig({ ...raw, values })).toEqual({ problems: [problem] });
    expect(parseConfig({ ...raw, values: { [key]: "x" } })).toEqual({ problems: [missing, problem] });
  });

  test("keys of other packages are not judged", () => {
    const values = { "kubernetes:context": "c", "aws:region": "x", "iot-verification-2:bogus": "1" };
    expect(parseConfig({ ...raw, values }).problems).toBeUndefined();
  });
});

describe("several problems", () => {
  test("are reported together, the cluster first and exposed secrets last", () => {
    const values = {
      "iot-verification:namespace": "IoT",
      "iot-verification:gateway": '{"replicas":0,"resources":{"requests":{"cpu":"2"}},"bogus":1}',
      "iot-verification:redis": "not json",
      "iot-verification:apiKey": "short",
      "iot-verification:gatway": "{}",
    };
    const { problems } = parseConfig({ project, stack: "dev", values, secretKeys: new Set() });
    expect(problems?.map(({ key, value }) => [key, value])).toEqual([
      ["kubernetes:context", undefined],
      ["iot-verification:namespace", '"IoT"'],
      ["iot-verification:redis", '"not json"'],
      ["iot-verification:gateway.replicas", "0"],
      ["iot-verification:gateway.resources.requests.cpu", '"2"'],
      ["iot-verification:gateway.bogus", undefined],
      ["iot-verification:gatway", undefined],
      ["iot-verification:apiKey", undefined],
    ]);
  });

  test("of one section are all found, those between its keys included", () => {
    const resources = { requests: { cpu: "2", memory: "4Gi" } };
    const given = {
      resources,
      parameters: { shared_buffers: "4GB", max_wal_size: "12GB", min_wal_size: "13GB" },
    };
    expect(problemsOf({ postgresql: given }).map(({ key }) => key)).toEqual([
      "postgresql.resources.requests.cpu",
      "postgresql.resources.requests.memory",
      "postgresql.parameters.shared_buffers",
      "postgresql.parameters.max_wal_size",
      "postgresql.parameters.min_wal_size",
    ]);
  });

  test("are worded as one message, one line each", () => {
    const problems = parse({ gateway: { replicas: 0, bogus: 1 } }).problems ?? [];
    expect(describeProblems("dev", problems)).toBe(
      [
        "the configuration of stack dev has 2 problems; nothing was changed:",
        "  iot-verification:gateway.replicas = 0: must be a whole number from 1 to 50 (pods); for example 3",
        "  iot-verification:gateway.bogus: is not a known key; known keys here are replicas, resources, scratch",
      ].join("\n"),
    );
    expect(describeProblems("dev", problems.slice(0, 1))).toMatch(
      /^the configuration of stack dev has 1 problem;/,
    );
  });
});
