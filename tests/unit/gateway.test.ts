import { expect, test } from "vitest";
import { Gateway } from "../../components/gateway/index.ts";
import { record, secret } from "./mocks.ts";
import { credential, defaults, mounted, platform } from "./platform.ts";
import { annotationsOf, at, containerOf, environmentOf, labels } from "./shapes.ts";

function gateway() {
  return record({
    program() {
      const { url, secret: name } = new Gateway("gateway", {
        platform: platform(),
        image: "registry.test/api-gateway:1.0",
        ...defaults.gateway,
        credentials: [mounted("database"), mounted("redis")],
        jwtSecret: credential("jwt"),
        apiKey: { ...credential("key"), revision: credential("").revision.apply(() => "ba9876543210") },
      });
      return { url, secret: name };
    },
  });
}

test("its URL and the Secret that opens it are outputs", async () => {
  const { recording, outputs } = await gateway();
  expect(outputs).toEqual({
    url: "http://api-gateway.place.svc.cluster.test",
    secret: "gateway-credentials",
  });
  expect(recording.object("Secret", "gateway-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "gateway-credentials", namespace: "place", labels: labels("api-gateway", "gateway") },
    stringData: secret({ "jwt-secret": "jwt", "api-key": "key" }),
  });
});

test("it is a workload of the configured size that reads every credential", async () => {
  const { recording } = await gateway();
  const deployment = recording.object("Deployment", "api-gateway");
  expect(deployment.name).toBe("gateway-api-deployment");
  expect(at(deployment, "spec.replicas")).toBe(3);
  expect(at(deployment, "spec.template.spec.terminationGracePeriodSeconds")).toBe(30);
  expect(at(deployment, "spec.template.spec.volumes.0")).toEqual({
    name: "scratch",
    emptyDir: { sizeLimit: "64Mi" },
  });
  expect(containerOf(deployment)).toMatchObject({
    image: "ghcr.io/iot-verification/api-gateway:0.1.0",
    resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
  });
  expect(environmentOf(deployment)).toEqual({
    SERVICE_NAME: "api-gateway",
    ...Object.fromEntries(
      [
        "DATABASE_HOST",
        "DATABASE_PORT",
        "DATABASE_NAME",
        "REDIS_HOST",
        "REDIS_PORT",
        "LOG_LEVEL",
        "LOG_FORMAT",
      ].map((key) => [key, { configMapKeyRef: { name: "platform-settings", key } }]),
    ),
    DATABASE_USER_FILE: "/run/secrets/database/username",
    DATABASE_PASSWORD_FILE: "/run/secrets/database/password",
    REDIS_PASSWORD_FILE: "/run/secrets/redis/password",
    JWT_SECRET_FILE: "/run/secrets/gateway/jwt-secret",
    API_KEY_FILE: "/run/secrets/gateway/api-key",
    PROMETHEUS_TOKEN_FILE: "/run/secrets/metrics/token",
  });
  expect(annotationsOf(deployment)).toEqual({
    "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
    "iot-verification.dev/database-revision": "database-revision",
    "iot-verification.dev/redis-revision": "redis-revision",
    "iot-verification.dev/gateway-revision": "0123456789ab-ba9876543210",
    "iot-verification.dev/metrics-revision": "metrics-revision",
  });
});

test("it serves on port 80, as cluster-internal Service", async () => {
  const { recording } = await gateway();
  expect(at(recording.object("Service", "api-gateway"), "spec")).toMatchObject({
    type: "ClusterIP",
    ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
  });
});
