import { describe, expect, test } from "vitest";
import { keyIdOf } from "../../components/contract/key-id.ts";
import { Gateway, type GatewayArgs } from "../../components/gateway/index.ts";
import { record, secret } from "./mocks.ts";
import { credential, defaults, mounted, platform, revision } from "./platform.ts";
import { annotationsOf, at, containerOf, environmentOf, labels } from "./shapes.ts";

function gateway(changes: Partial<GatewayArgs> = {}) {
  return record({
    program() {
      const { url, secret: name } = new Gateway("gateway", {
        platform: platform(),
        image: "registry.test/api-gateway:1.0",
        ...defaults.gateway,
        credentials: [mounted("database"), mounted("redis")],
        jwtSecret: credential("jwt"),
        apiKey: credential("key"),
        ...changes,
      });
      return { url, secret: name };
    },
  });
}

function metadata(name: string) {
  return { name, namespace: "place", labels: labels("api-gateway", "gateway") };
}

test("its URL and the Secret that opens it are outputs; what it accepts is a Secret of its own", async () => {
  const { recording, outputs } = await gateway();
  expect(outputs).toEqual({
    url: "http://api-gateway.place.svc.cluster.test",
    secret: "api-credentials",
  });
  expect(recording.object("Secret", "api-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("api-credentials"),
    stringData: secret({
      url: "http://api-gateway.place.svc.cluster.test",
      "api-key": "key",
      "signing-key-id": keyIdOf("jwt"),
    }),
  });
  expect(recording.object("Secret", "api-gateway-accepted-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("api-gateway-accepted-credentials"),
    stringData: secret({ "jwt-secret": "jwt", "api-key": "key" }),
  });
});

test("it is a workload of the configured size that reads every credential", async () => {
  const { recording } = await gateway();
  const deployment = recording.object("Deployment", "api-gateway");
  expect(deployment.name).toBe("gateway-api-deployment");
  expect(at(deployment, "spec.replicas")).toBe(3);
  expect(at(deployment, "spec.template.spec.terminationGracePeriodSeconds")).toBe(35);
  expect(at(deployment, "spec.template.spec.volumes.0")).toEqual({
    name: "scratch",
    emptyDir: { sizeLimit: "64Mi" },
  });
  expect(containerOf(deployment)).toMatchObject({
    image: "registry.test/api-gateway:1.0",
    resources: {
      requests: { cpu: "250m", memory: "256Mi", "ephemeral-storage": "320Mi" },
      limits: { cpu: "500m", memory: "512Mi", "ephemeral-storage": "320Mi" },
    },
  });
  expect(environmentOf(deployment)).toEqual({
    SERVICE_NAME: "api-gateway",
    NODE_OPTIONS: "--max-old-space-size=256",
    ...Object.fromEntries(
      [
        "DATABASE_HOST",
        "DATABASE_PORT",
        "DATABASE_NAME",
        "REDIS_HOST",
        "REDIS_PORT",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "MAX_QUEUED_VERIFICATIONS",
        "RATE_LIMIT_PER_MINUTE",
        "MAX_REQUEST_BYTES",
      ].map((key) => [key, { configMapKeyRef: { name: "platform-settings", key } }]),
    ),
    DATABASE_USER_FILE: "/run/secrets/database/username",
    DATABASE_PASSWORD_FILE: "/run/secrets/database/password",
    REDIS_PASSWORD_FILE: "/run/secrets/redis/password",
    JWT_SECRET_FILE: "/run/secrets/gateway/jwt-secret",
    API_KEY_FILE: "/run/secrets/gateway/api-key",
    JWT_SIGNING_KEY_ID_FILE: "/run/secrets/signing/signing-key-id",
    PROMETHEUS_TOKEN_FILE: "/run/secrets/metrics/token",
  });
  expect(annotationsOf(deployment)).toEqual({
    "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
    "iot-verification.dev/database-revision": "database-revision",
    "iot-verification.dev/redis-revision": "redis-revision",
    "iot-verification.dev/gateway-revision": revision('{"jwt-secret":"jwt","api-key":"key"}'),
    "iot-verification.dev/metrics-revision": "metrics-revision",
  });
});

describe("the values before", () => {
  const rotated = {
    jwtSecret: credential("jwt", "old-jwt"),
    apiKey: credential("key", "old-key"),
  };

  test("are accepted besides, and not given to callers", async () => {
    const { recording } = await gateway(rotated);
    const entries = {
      "jwt-secret": "jwt",
      "previous-jwt-secret": "old-jwt",
      "api-key": "key",
      "previous-api-key": "old-key",
    };
    const accepted = recording.object("Secret", "api-gateway-accepted-credentials").inputs.stringData;
    expect(accepted).toEqual(secret(entries));
    expect(recording.object("Secret", "api-credentials").inputs.stringData).toEqual(
      secret({
        url: "http://api-gateway.place.svc.cluster.test",
        "api-key": "key",
        "signing-key-id": keyIdOf("jwt"),
      }),
    );
    const deployment = recording.object("Deployment", "api-gateway");
    expect(at(deployment, "spec.template.spec.volumes.3")).toEqual({
      name: "gateway",
      secret: {
        secretName: "api-gateway-accepted-credentials",
        defaultMode: 0o440,
        items: Object.keys(entries).map((key) => ({ key, path: key })),
      },
    });
    expect(environmentOf(deployment)).toMatchObject({
      JWT_SECRET_PREVIOUS_FILE: "/run/secrets/gateway/previous-jwt-secret",
      API_KEY_PREVIOUS_FILE: "/run/secrets/gateway/previous-api-key",
    });
    expect(annotationsOf(deployment)["iot-verification.dev/gateway-revision"]).toBe(
      revision(JSON.stringify(entries)),
    );
  });

  test("are each mounted by itself", async () => {
    const { recording } = await gateway({ apiKey: rotated.apiKey });
    const deployment = recording.object("Deployment", "api-gateway");
    expect(environmentOf(deployment)).toHaveProperty("API_KEY_PREVIOUS_FILE");
    expect(environmentOf(deployment)).not.toHaveProperty("JWT_SECRET_PREVIOUS_FILE");
  });
});

test("its pods observe which key to sign with, and neither wait for it nor roll when it changes", async () => {
  const { recording } = await gateway();
  const deployment = recording.object("Deployment", "api-gateway");
  expect(at(deployment, "spec.template.spec.volumes.5")).toEqual({
    name: "signing",
    secret: {
      secretName: "api-credentials",
      defaultMode: 0o440,
      items: [{ key: "signing-key-id", path: "signing-key-id" }],
      optional: true,
    },
  });
  expect(Object.keys(annotationsOf(deployment))).not.toContain("iot-verification.dev/signing-revision");
});

test("it serves on port 80, as cluster-internal Service", async () => {
  const { recording } = await gateway();
  expect(at(recording.object("Service", "api-gateway"), "spec")).toMatchObject({
    type: "ClusterIP",
    ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
  });
});
