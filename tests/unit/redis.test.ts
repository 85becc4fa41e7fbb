import { expect, test } from "vitest";
import { configurationFiles } from "../../components/data/redis/configuration.ts";
import { Redis, type RedisArgs } from "../../components/data/redis/index.ts";
import { auditExceptions, publishedExceptions } from "../../components/foundation/audit.ts";
import { record, secret } from "./mocks.ts";
import { credential, defaults, platform, revision } from "./platform.ts";
import { annotationsOf, at, labels, selector } from "./shapes.ts";

const image = "registry.test/redis:8.2";
const { resources } = defaults.redis;

async function redis(changes: Partial<RedisArgs> = {}) {
  const { recording, outputs } = await record({
    program() {
      const {
        endpoint,
        credential: login,
        monitoring,
        demand,
      } = new Redis("tier-redis", {
        platform: platform({ pullSecrets: ["registry"] }),
        image,
        password: credential("pass"),
        monitoringPassword: credential('watch"'),
        maxmemory: "256mb",
        resources,
        storage: { size: "5Gi", storageClass: "fast" },
        ...changes,
      });
      return { endpoint, ...login, monitoring, demand };
    },
  });
  return { recording, outputs, statefulSet: recording.object("StatefulSet", "redis") };
}

const accepted = { password: "pass", "monitoring-password": 'watch"' };
const acceptedRevision = revision(JSON.stringify(accepted));
const loginRevision = revision('{"password":"pass"}');
/** With its log. */
const complete = {
  requests: { ...resources.requests, "ephemeral-storage": "256Mi" },
  limits: { ...resources.limits, "ephemeral-storage": "256Mi" },
};

const exceptions = auditExceptions(publishedExceptions({ images: [image], user: { uid: 999, gid: 999 } }));

function metadata(name: string) {
  return { name, namespace: "place", labels: labels("redis", "cache") };
}

function answers(pattern: string) {
  const ping = 'REDISCLI_AUTH="$(cat /run/server/password)" redis-cli --no-auth-warning ping 2>&1';
  return { exec: { command: ["sh", "-c", `${ping} | grep -qE '${pattern}'`] } };
}

/** Answers of a server that is alive, and that a restart would not help. */
const busy = "LOADING|BUSY|MISCONF|max number of clients";

test("the whole StatefulSet", async () => {
  const { statefulSet } = await redis();
  const annotations = at(statefulSet, "spec.template.metadata.annotations") as Record<string, string>;
  expect(annotations).toEqual({
    "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
    "iot-verification.dev/accepted-revision": acceptedRevision,
  });
  expect(statefulSet.inputs).toEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { ...metadata("redis"), annotations: exceptions },
    spec: {
      replicas: 1,
      serviceName: "redis-pods",
      podManagementPolicy: "Parallel",
      selector: { matchLabels: selector("redis") },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      template: {
        metadata: { labels: labels("redis", "cache"), annotations },
        spec: {
          serviceAccountName: "redis",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: [{ name: "registry" }],
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 999,
            runAsGroup: 999,
            fsGroup: 999,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "redis",
              image,
              imagePullPolicy: "Always",
              command: ["sh", "/etc/redis/start.sh"],
              env: [
                {
                  name: "ACCEPTED_REVISION",
                  valueFrom: {
                    fieldRef: { fieldPath: "metadata.annotations['iot-verification.dev/accepted-revision']" },
                  },
                },
              ],
              ports: [{ name: "redis", containerPort: 6379, protocol: "TCP" }],
              resources: complete,
              startupProbe: { ...answers(`PONG|${busy}`), periodSeconds: 2, failureThreshold: 150 },
              readinessProbe: { ...answers("PONG"), periodSeconds: 5, timeoutSeconds: 3 },
              livenessProbe: {
                ...answers(`PONG|${busy}`),
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                { name: "data", mountPath: "/data" },
                { name: "configuration", mountPath: "/etc/redis", readOnly: true },
                { name: "accepted", mountPath: "/run/secrets/accepted", readOnly: true },
                { name: "published", mountPath: "/run/secrets/published", readOnly: true },
                { name: "run", mountPath: "/run/server" },
              ],
            },
          ],
          volumes: [
            { name: "configuration", configMap: { name: "redis-configuration", defaultMode: 0o444 } },
            { name: "accepted", secret: { secretName: "redis-accepted-credentials", defaultMode: 0o440 } },
            {
              name: "published",
              secret: { secretName: "redis-credentials", defaultMode: 0o440, optional: true },
            },
            { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "fast",
            resources: { requests: { storage: "5Gi" } },
          },
        },
      ],
    },
  });
});

test("the cluster's default class makes the volume when none is named", async () => {
  const { statefulSet } = await redis({ storage: { size: "1Gi" } });
  expect(at(statefulSet, "spec.volumeClaimTemplates.0.spec")).not.toHaveProperty("storageClassName");
});

test("server and readers get the same password, each in a Secret of its own", async () => {
  const { recording, outputs } = await redis();
  expect(recording.object("Secret", "redis-accepted-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("redis-accepted-credentials"),
    stringData: secret({ ...accepted, revision: acceptedRevision }),
  });
  expect(recording.object("Secret", "redis-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("redis-credentials"),
    type: "servicebinding.io/redis",
    stringData: secret({
      type: "redis",
      host: "redis.place.svc.cluster.test",
      port: "6379",
      password: "pass",
    }),
  });
  expect(outputs).toMatchObject({
    endpoint: "redis.place.svc.cluster.test:6379",
    credential: "redis",
    secret: "redis-credentials",
    entries: ["password"],
    revision: loginRevision,
  });
});

test("another password rolls the server and its readers; the value before is the server's to remember", async () => {
  const { recording, outputs, statefulSet } = await redis({
    password: credential("new", "the-value-before"),
  });
  expect(outputs.revision).toBe(revision('{"password":"new"}'));
  expect(annotationsOf(statefulSet)["iot-verification.dev/accepted-revision"]).toBe(
    revision(JSON.stringify({ ...accepted, password: "new" })),
  );
  expect(JSON.stringify(recording.asked)).not.toContain("the-value-before");
});

test("who reads statistics gets a password of its own, also as the file that says whose it is", async () => {
  const { recording, outputs } = await redis();
  expect(recording.object("Secret", "redis-monitoring-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("redis-monitoring-credentials"),
    type: "servicebinding.io/redis",
    stringData: secret({
      type: "redis",
      host: "redis.place.svc.cluster.test",
      port: "6379",
      username: "monitoring",
      password: 'watch"',
      "exporter-passwords.json": JSON.stringify({
        "redis://monitoring@redis.iot-verification.svc.cluster.local:6379": 'watch"',
        "redis://redis.iot-verification.svc.cluster.local:6379": 'watch"',
      }),
    }),
  });
  expect(outputs.monitoring).toEqual({
    secret: "redis-monitoring-credentials",
    revision: revision(JSON.stringify({ username: "monitoring", password: 'watch"' })),
  });
});

test("of the namespace it asks for one pod and its volume", async () => {
  const { outputs } = await redis();
  expect(outputs.demand).toEqual({
    workload: "redis",
    pods: 1,
    containers: [complete],
    initContainers: [],
    volumes: ["5Gi"],
  });
});

test("the configuration is a ConfigMap of the server", async () => {
  const { recording } = await redis({ maxmemory: "96mb" });
  expect(recording.object("ConfigMap", "redis-configuration").inputs).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata("redis-configuration"),
    data: configurationFiles({ maxmemory: "96mb" }),
  });
});
