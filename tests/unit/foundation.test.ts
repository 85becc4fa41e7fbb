import { expect, test } from "vitest";
import { settingKeys } from "../../components/contract/runtime.ts";
import { connect } from "../../components/foundation/cluster.ts";
import { Foundation, type FoundationArgs } from "../../components/foundation/index.ts";
import { serviceHost } from "../../components/foundation/settings.ts";
import { foundationArgs } from "../../config/slices/foundation.ts";
import { settingsOf } from "../../config/slices/settings.ts";
import { accepted } from "./config-cases.ts";
import { type Recording, record, secret } from "./mocks.ts";
import { defaults } from "./platform.ts";
import { labels } from "./shapes.ts";

function foundation(changes: Partial<FoundationArgs> = {}) {
  return record({
    program() {
      const { platform, credentials } = new Foundation("base", { ...foundationArgs(defaults), ...changes });
      const { namespace, settings, pullSecrets, metricsCredential, revisionOf } = platform;
      return {
        namespace,
        configMap: settings.configMap,
        pullSecrets,
        metricsCredential,
        revisionOfToken: revisionOf(
          credentials.prometheusToken.value.apply((token) => `{"token":"${token}"}`),
        ),
      };
    },
  });
}

test("the namespace enforces Pod Security restricted, and has the platform's labels", async () => {
  const { recording } = await foundation({ namespace: "place", environment: "staging", team: "red" });
  expect(recording.object("Namespace", "place")).toEqual({
    type: "kubernetes:core/v1:Namespace",
    name: "base-namespace",
    custom: true,
    inputs: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "place",
        labels: {
          name: "place",
          environment: "staging",
          team: "red",
          "app.kubernetes.io/part-of": "iot-verification",
          "app.kubernetes.io/managed-by": "pulumi",
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/audit": "restricted",
          "pod-security.kubernetes.io/warn": "restricted",
        },
      },
    },
  });
});

test.each([
  ["enabled", ["base-namespace"]],
  ["disabled", []],
])("with deletionProtection %s the engine refuses to delete %j", async (deletionProtection, refused) => {
  const { recording } = await foundation(foundationArgs(accepted({ deletionProtection })));
  expect(recording.constructed.filter(({ protect }) => protect).map(({ name }) => name)).toEqual(refused);
});

test("the settings are a ConfigMap with every key of the contract", async () => {
  const { recording } = await foundation();
  const { inputs } = recording.object("ConfigMap", "platform-settings");
  expect(inputs).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "platform-settings",
      namespace: "iot-verification",
      labels: labels("settings", "foundation"),
      annotations: { "audit.iot-verification.dev/KSV-01010": expect.any(String) },
    },
    data: {
      DATABASE_HOST: "postgresql.iot-verification.svc.cluster.local",
      DATABASE_PORT: "5432",
      DATABASE_NAME: "iot_verification",
      REDIS_HOST: "redis.iot-verification.svc.cluster.local",
      REDIS_PORT: "6379",
      COQ_VERSION: "8.16.0",
      TLA_VERSION: "1.8.0",
      RUST_VERSION: "1.70.0",
      Z3_VERSION: "5.4.1",
      LOG_LEVEL: "info",
      LOG_FORMAT: "json",
      MAX_CONCURRENT_VERIFICATIONS: "10",
      VERIFICATION_TIMEOUT: "300",
      RESOURCE_LIMITS_CPU: "2",
      RESOURCE_LIMITS_MEMORY: "4Gi",
      MAX_QUEUED_VERIFICATIONS: "1000",
      RATE_LIMIT_PER_MINUTE: "600",
      MAX_REQUEST_BYTES: "4194304",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://jaeger.iot-verification.svc.cluster.local:4318",
    },
  });
  expect(Object.keys(inputs.data as object).sort()).toEqual(Object.keys(settingKeys).sort());
});

test("every setting follows its key of the configuration", () => {
  const settings = {
    databaseName: "a",
    coqVersion: "1.0.0",
    tlaVersion: "2.0.0",
    rustVersion: "3.0.0",
    z3Version: "3.1.0",
    logLevel: "warn",
    logFormat: "text",
    maxConcurrentVerifications: 4,
    verificationTimeout: 5,
    resourceLimitsCpu: "6",
    resourceLimitsMemory: "7Gi",
    maxQueuedVerifications: 8,
    rateLimitPerMinute: 9,
    maxRequestSize: "64Ki",
    otlpEndpoint: "http://collector.test:4318",
  };
  expect(settingsOf(accepted({ namespace: "place", clusterDomain: "k8s.test", settings }))).toEqual({
    DATABASE_HOST: "postgresql.place.svc.k8s.test",
    DATABASE_PORT: "5432",
    DATABASE_NAME: "a",
    REDIS_HOST: "redis.place.svc.k8s.test",
    REDIS_PORT: "6379",
    COQ_VERSION: "1.0.0",
    TLA_VERSION: "2.0.0",
    RUST_VERSION: "3.0.0",
    Z3_VERSION: "3.1.0",
    LOG_LEVEL: "warn",
    LOG_FORMAT: "text",
    MAX_CONCURRENT_VERIFICATIONS: "4",
    VERIFICATION_TIMEOUT: "5",
    RESOURCE_LIMITS_CPU: "6",
    RESOURCE_LIMITS_MEMORY: "7Gi",
    MAX_QUEUED_VERIFICATIONS: "8",
    RATE_LIMIT_PER_MINUTE: "9",
    MAX_REQUEST_BYTES: "65536",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test:4318",
  });
  expect(serviceHost("a", { namespace: "b", clusterDomain: "c.d" })).toBe("a.b.svc.c.d");
});

function tokens(recording: Recording): unknown {
  return recording.object("Secret", "metrics-tokens").inputs.stringData;
}

test("the token of the metrics is a Secret that its readers may mount at once", async () => {
  const { recording, outputs } = await foundation();
  expect(recording.object("Secret", "metrics-tokens").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "metrics-tokens",
      namespace: "iot-verification",
      labels: labels("metrics", "foundation"),
    },
    stringData: secret({ token: "generated-base-credentials-prometheus-token-1" }),
  });
  expect(outputs).toEqual({
    namespace: "iot-verification",
    configMap: "platform-settings",
    pullSecrets: [],
    metricsCredential: {
      credential: "metrics",
      secret: "metrics-tokens",
      entries: ["token"],
      revision: outputs.revisionOfToken,
    },
    revisionOfToken: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
});

test("after a rotation the token before is accepted as well", async () => {
  const { recording, outputs } = await foundation(
    foundationArgs(accepted({ rotation: { prometheusToken: 2 } })),
  );
  expect(tokens(recording)).toEqual(
    secret({
      token: "generated-base-credentials-prometheus-token-2",
      "previous-token": "generated-base-credentials-prometheus-token-1",
    }),
  );
  expect(outputs.metricsCredential).toMatchObject({ entries: ["token", "previous-token"] });
});

test("every credential follows its keys of the configuration, and each value before it", () => {
  const given = (name: string) => `${name}-chosen-by-somebody-else`.padEnd(32, "-");
  const keys = ["jwtSecret", "apiKey", "prometheusToken"] as const;
  const passwords = {
    databasePassword: given("database"),
    redisPassword: given("redis"),
    grafanaPassword: given("grafana"),
    elasticPassword: given("elastic"),
    objectStorageSecretAccessKey: given("object-storage"),
    objectStorageAccessKeyId: "key-id",
  };
  const values = Object.fromEntries(
    keys.flatMap((key) => [
      [key, given(key)],
      [`${key}Previous`, given(`former-${key}`)],
    ]),
  );
  const secrets = { ...passwords, ...values };
  const own = { database: 2, redis: 3, jwtSecret: 4, apiKey: 5, prometheusToken: 6 };
  const rotation = {
    ...own,
    monitoring: 7,
    objectStorage: 8,
    grafana: 9,
    elastic: 10,
    elasticsearchUsers: 11,
  };
  const objectStorage = { engine: "external", external: { endpoint: "https://s3.example.com" } };
  const config = accepted({ ...secrets, objectStorage, rotation }, Object.keys(secrets));
  expect(foundationArgs(config).credentials).toEqual({
    database: { given: given("database"), generation: 2, length: 32 },
    redis: { given: given("redis"), generation: 3, length: 32 },
    jwtSecret: { ...both("jwtSecret"), generation: 4, length: 64 },
    apiKey: { ...both("apiKey"), generation: 5, length: 40 },
    prometheusToken: { ...both("prometheusToken"), generation: 6, length: 40 },
    databaseMonitoring: { generation: 7, length: 32 },
    redisMonitoring: { generation: 7, length: 32 },
    objectStorage: { given: given("object-storage"), generation: 8, length: 40 },
    grafana: { given: given("grafana"), generation: 9, length: 32 },
    elastic: { given: given("elastic"), generation: 10, length: 32 },
    kibanaUser: { generation: 11, length: 32 },
    logstashUser: { generation: 11, length: 32 },
    jaegerUser: { generation: 11, length: 32 },
    grafanaUser: { generation: 11, length: 32 },
    elasticsearchExporterUser: { generation: 11, length: 32 },
    grafanaSecretKey: { generation: 1, length: 32 },
    kibanaEncryption: { generation: 1, length: 32 },
  });

  function both(key: string) {
    return { given: given(key), givenPrevious: given(`former-${key}`) };
  }
});

test("the connection names context and kubeconfig, nothing it was not given, and the stack as its cluster", async () => {
  const provider = async (cluster: { context: string; kubeconfig?: string }) => {
    const { recording } = await record({ program: () => void connect("cluster", cluster) });
    return recording.find("pulumi:providers:kubernetes", "cluster").inputs;
  };
  const fixed = {
    clusterIdentifier: "iot-verification/dev",
    enableConfigMapMutable: "true",
    enableSecretMutable: "true",
  };
  expect(await provider({ context: "c" })).toEqual({ context: "c", ...fixed });
  expect(await provider({ context: "c", kubeconfig: "/k" })).toEqual({
    context: "c",
    kubeconfig: secret("/k"),
    ...fixed,
  });
});
