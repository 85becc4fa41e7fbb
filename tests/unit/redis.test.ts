import { expect, test } from "vitest";
import { Redis, type RedisArgs } from "../../components/data/redis/index.ts";
import { record, secret } from "./mocks.ts";
import { credential, defaults, platform } from "./platform.ts";
import { at, labels, selector } from "./shapes.ts";

const image = "registry.test/redis:8.2";
const { resources } = defaults.redis;

async function redis(changes: Partial<RedisArgs> = {}) {
  const { recording, outputs } = await record({
    program() {
      const { endpoint, credential: login } = new Redis("tier-redis", {
        platform: platform({ pullSecrets: ["registry"] }),
        image,
        password: credential("pass"),
        maxmemory: "256mb",
        resources,
        storage: { size: "5Gi", storageClass: "fast" },
        ...changes,
      });
      return { endpoint, secret: login.secret, revision: login.revision, credential: login.credential };
    },
  });
  return { recording, outputs, statefulSet: recording.object("StatefulSet", "redis") };
}

function metadata(name: string) {
  return { name, namespace: "place", labels: labels("redis", "cache") };
}

function answers(pattern: string) {
  const ping = 'REDISCLI_AUTH="$(cat /run/secrets/redis/password)" redis-cli --no-auth-warning ping 2>&1';
  return { exec: { command: ["sh", "-c", `${ping} | grep -qE '${pattern}'`] } };
}

test("the whole StatefulSet", async () => {
  const { statefulSet } = await redis();
  const annotations = at(statefulSet, "spec.template.metadata.annotations") as Record<string, string>;
  expect(annotations).toEqual({
    "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
    "iot-verification.dev/redis-revision": "0123456789ab",
  });
  expect(statefulSet.inputs).toEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadata("redis"),
    spec: {
      replicas: 1,
      serviceName: "redis-pods",
      revisionHistoryLimit: 3,
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
              imagePullPolicy: "IfNotPresent",
              command: ["/etc/redis/start.sh"],
              ports: [{ name: "redis", containerPort: 6379, protocol: "TCP" }],
              resources,
              startupProbe: { ...answers("PONG|LOADING"), periodSeconds: 2, failureThreshold: 150 },
              readinessProbe: { ...answers("PONG"), periodSeconds: 5, timeoutSeconds: 3 },
              livenessProbe: {
                ...answers("PONG|LOADING|NOAUTH|WRONGPASS"),
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
                { name: "credentials", mountPath: "/run/secrets/redis", readOnly: true },
                { name: "run", mountPath: "/run/redis" },
              ],
            },
          ],
          volumes: [
            { name: "configuration", configMap: { name: "redis-configuration", defaultMode: 0o555 } },
            { name: "credentials", secret: { secretName: "redis-server-credentials", defaultMode: 0o440 } },
            { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: labels("redis", "cache") },
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
  expect(recording.object("Secret", "redis-server-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("redis-server-credentials"),
    stringData: secret({ password: "pass" }),
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
  expect(outputs).toEqual({
    endpoint: "redis.place.svc.cluster.test:6379",
    secret: "redis-credentials",
    revision: "0123456789ab",
    credential: "redis",
  });
});

test("the configuration is a cache's, and has every directive once", async () => {
  const { recording } = await redis({ maxmemory: "96mb" });
  const { data } = recording.object("ConfigMap", "redis-configuration").inputs as {
    data: Record<string, string>;
  };
  expect(Object.keys(data).sort()).toEqual(["redis.conf", "start.sh"]);
  const directives = (data["redis.conf"] ?? "")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)]);
  expect(new Map(directives as [string, string][]).size).toBe(directives.length);
  expect(Object.fromEntries(directives)).toEqual({
    "maxmemory-policy": "allkeys-lru",
    maxmemory: "96mb",
    bind: "* -::*",
    port: "6379",
    "protected-mode": "yes",
    aclfile: "/run/redis/users.acl",
    timeout: "0",
    "tcp-keepalive": "300",
    databases: "16",
    loglevel: "notice",
    dir: "/data",
    save: "900 1 300 10 60 10000",
    "stop-writes-on-bgsave-error": "yes",
    rdbcompression: "yes",
    rdbchecksum: "yes",
    dbfilename: "dump.rdb",
    appendonly: "yes",
    appendfilename: '"appendonly.aof"',
    appendfsync: "everysec",
    "no-appendfsync-on-rewrite": "no",
    "auto-aof-rewrite-percentage": "100",
    "auto-aof-rewrite-min-size": "64mb",
    "aof-load-truncated": "yes",
    "aof-use-rdb-preamble": "yes",
  });
});

test("the server starts with the file that is mounted, and its users where the file says", async () => {
  const { recording } = await redis();
  const { data } = recording.object("ConfigMap", "redis-configuration").inputs as {
    data: Record<string, string>;
  };
  const script = data["start.sh"] ?? "";
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  expect(script).toContain("set -eu\n");
  expect(script).toContain("sha256sum /run/secrets/redis/password");
  expect(script).toContain(">/run/redis/users.acl");
  expect(script).toContain("known=/data/passwords");
  expect(script.trimEnd().split("\n").at(-1)).toBe("exec redis-server /etc/redis/redis.conf");
});
