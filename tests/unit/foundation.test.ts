import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { settingKeys } from "../../components/contract/runtime.ts";
import { checksumOf, revisionOf } from "../../components/foundation/checksum.ts";
import { connect } from "../../components/foundation/cluster.ts";
import { Credentials } from "../../components/foundation/credentials.ts";
import { Foundation, type FoundationArgs } from "../../components/foundation/index.ts";
import { serviceHost } from "../../components/foundation/settings.ts";
import { settingsOf } from "../../config/settings.ts";
import { foundationArgs } from "../../config/slices.ts";
import { accepted } from "./config-cases.ts";
import { record, secret, settledValue } from "./mocks.ts";
import { defaults } from "./platform.ts";
import { labels } from "./shapes.ts";

function foundation(changes: Partial<FoundationArgs> = {}) {
  return record({
    program() {
      const { platform, credentials } = new Foundation("base", { ...foundationArgs(defaults), ...changes });
      const { namespace, settings, pullSecrets, metricsCredential } = platform;
      return {
        namespace,
        configMap: settings.configMap,
        pullSecrets,
        metricsSecret: metricsCredential.secret,
        metricsRevision: metricsCredential.revision,
        prometheusRevision: credentials.prometheusToken.revision,
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
      LOG_LEVEL: "info",
      LOG_FORMAT: "json",
      MAX_CONCURRENT_VERIFICATIONS: "10",
      VERIFICATION_TIMEOUT: "300",
      RESOURCE_LIMITS_CPU: "2",
      RESOURCE_LIMITS_MEMORY: "4Gi",
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
    logLevel: "warn",
    logFormat: "text",
    maxConcurrentVerifications: 4,
    verificationTimeout: 5,
    resourceLimitsCpu: "6",
    resourceLimitsMemory: "7Gi",
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
    LOG_LEVEL: "warn",
    LOG_FORMAT: "text",
    MAX_CONCURRENT_VERIFICATIONS: "4",
    VERIFICATION_TIMEOUT: "5",
    RESOURCE_LIMITS_CPU: "6",
    RESOURCE_LIMITS_MEMORY: "7Gi",
  });
  expect(serviceHost("a", { namespace: "b", clusterDomain: "c.d" })).toBe("a.b.svc.c.d");
});

test("the token of the metrics is a Secret that its readers may mount at once", async () => {
  const { recording, outputs } = await foundation();
  expect(recording.object("Secret", "metrics-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "metrics-credentials",
      namespace: "iot-verification",
      labels: labels("metrics", "foundation"),
    },
    stringData: secret({ token: "generated-base-credentials-prometheus-token-1" }),
  });
  expect(outputs).toEqual({
    namespace: "iot-verification",
    configMap: "platform-settings",
    pullSecrets: [],
    metricsSecret: "metrics-credentials",
    metricsRevision: outputs.prometheusRevision,
    prometheusRevision: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
});

describe("credentials", () => {
  const type = "random:index/randomPassword:RandomPassword";

  test.each([
    ["revision-key", 43],
    ["database", 32],
    ["redis", 32],
    ["jwt-secret", 64],
    ["api-key", 40],
    ["prometheus-token", 40],
  ])("%s is generated from %i letters and digits", async (name, length) => {
    const { recording } = await foundation();
    expect(recording.find(type, `base-credentials-${name}`).inputs).toEqual({
      length,
      special: false,
      keepers: { generation: "1" },
    });
  });

  test("of another generation are other ones, alone", async () => {
    const config = accepted({ rotation: { apiKey: 7 } });
    const { recording } = await foundation(foundationArgs(config));
    const generations = recording.asked
      .filter((asked) => asked.type === type)
      .map(({ name, inputs }) => [name, (inputs.keepers as { generation: string }).generation]);
    expect(Object.fromEntries(generations)).toEqual({
      "base-credentials-revision-key": "1",
      "base-credentials-database": "1",
      "base-credentials-redis": "1",
      "base-credentials-jwt-secret": "1",
      "base-credentials-api-key": "7",
      "base-credentials-prometheus-token": "1",
    });
  });

  test("that are given are not generated, and are secrets", async () => {
    const given = "chosen-by-somebody-else-1234567890";
    const { recording } = await foundation(
      foundationArgs(accepted({ prometheusToken: given }, ["prometheusToken"])),
    );
    expect(recording.names()).not.toContain(`${type} base-credentials-prometheus-token`);
    expect(recording.object("Secret", "metrics-credentials").inputs.stringData).toEqual(
      secret({ token: given }),
    );
  });
});

test.each([
  ["generated", {}],
  ["given", { given: "chosen-by-somebody-else" }],
])("a credential that is %s is a secret to Pulumi, and its revision is not", async (_, source) => {
  const { outputs } = await record({
    async program() {
      const made = { generation: 1, length: 32, ...source };
      const sources = { database: made, redis: made, jwtSecret: made, apiKey: made, prometheusToken: made };
      const { credentials } = new Credentials("credentials", { sources });
      const secrecy = Object.values(credentials).map(({ value, revision }) =>
        Promise.all([pulumi.isSecret(value), pulumi.isSecret(revision)]),
      );
      return { secrecy: await Promise.all(secrecy) };
    },
  });
  expect(outputs.secrecy).toEqual(Array(5).fill([true, false]));
});

describe("revisions and checksums", () => {
  test("a revision depends on key and value, and is no secret", async () => {
    const revision = (key: string, value: string) =>
      settledValue(revisionOf(pulumi.secret(key), pulumi.secret(value)));
    const first = await revision("key", "value");
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await revision("key", "value")).toBe(first);
    expect(await revision("key", "value2")).not.toBe(first);
    expect(await revision("key2", "value")).not.toBe(first);
    expect(await pulumi.isSecret(revisionOf(pulumi.secret("key"), pulumi.secret("value")))).toBe(false);
  });

  test("a checksum depends on keys and values, and not on their order", () => {
    const first = checksumOf({ a: "1", b: "2" });
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(checksumOf({ b: "2", a: "1" })).toBe(first);
    const others = [
      { a: "1", b: "3" },
      { a: "2", b: "1" },
      { a: "1" },
      { a: "12" },
      { a: "1", b: "2", c: "" },
      {},
    ];
    expect(new Set([first, ...others.map((data) => checksumOf(data as Record<string, string>))]).size).toBe(
      7,
    );
  });
});

test("the connection names context and kubeconfig, and nothing it was not given", async () => {
  const provider = async (cluster: { context: string; kubeconfig?: string }) => {
    const { recording } = await record({ program: () => void connect("cluster", cluster) });
    return recording.find("pulumi:providers:kubernetes", "cluster").inputs;
  };
  const fixed = { clusterIdentifier: "c", enableConfigMapMutable: "true", enableSecretMutable: "true" };
  expect(await provider({ context: "c" })).toEqual({ context: "c", ...fixed });
  expect(await provider({ context: "c", kubeconfig: "/k" })).toEqual({
    context: "c",
    kubeconfig: secret("/k"),
    ...fixed,
  });
});
