import { expect, test } from "vitest";
import { loneServers } from "../../../policies/storage/lone-servers.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "StatefulSet/store spec.template.spec.containers.0";
const several = (image: string) => ({ "StatefulSet/store spec.replicas": 3, [`${container}.image`]: image });

test("there is one store", () => {
  expect(foundBy(loneServers)).toEqual([]);
  expect(foundBy(loneServers, { [`${container}.image`]: "redis:8" })).toEqual([]);
});

test.each(["redis:8", "valkey/valkey:8", "postgres:17", "mysql:8.4", "mariadb:11", "mongo:8"])(
  "three of %s",
  (image) => {
    expect(foundBy(loneServers, several(image))).toEqual(["StatefulSet/store spec.replicas"]);
  },
);

test("messages say how many, also by an autoscaler", () => {
  const scaler = {
    "HorizontalPodAutoscaler/web spec.scaleTargetRef": { kind: "StatefulSet", name: "store" },
    [`${container}.image`]: "redis:8",
  };
  expect(messagesOf(loneServers, scaler)[0]).toMatch(
    /^up to 6 pods run redis \(container store\), and nothing makes them replicate\. .* Run one pod, /,
  );
});

test("a word of replication in a comment sets nothing up", () => {
  const changes = {
    ...several("redis:8"),
    "ConfigMap/web-settings data": { "redis.conf": "# replicaof is not used\nport 6379\n" },
    "StatefulSet/store spec.template.spec.volumes.1": {
      name: "settings",
      configMap: { name: "web-settings" },
    },
    [`${container}.volumeMounts.2`]: { name: "settings", mountPath: "/etc/redis" },
    [`${container}.args`]: ["redis-server", "/etc/redis/redis.conf"],
  };
  expect(foundBy(loneServers, changes)).toEqual(["StatefulSet/store spec.replicas"]);
  const set = { ...changes, "ConfigMap/web-settings data": { "redis.conf": "replicaof store-0 6379\n" } };
  expect(foundBy(loneServers, set)).toEqual([]);
});

test.each([
  { [`${container}.args`]: ["redis-server", "--cluster-enabled", "yes"] },
  { [`${container}.command`]: ["mongod", "--replSet", "rs0"] },
  { [`${container}.env`]: [{ name: "POSTGRESQL_REPLICATION_MODE", value: "slave" }] },
  { [`${container}.args`]: ["sh", "/run/secrets/store/start.sh"] },
  {
    "StatefulSet/store spec.template.spec.containers.1": {
      name: "sync",
      image: "registry.example/xtrabackup:1.0",
    },
  },
  { [`${container}.envFrom`]: [{ secretRef: { name: "elsewhere" } }] },
  { [`${container}.image`]: "registry.example/shop:1.4.2" },
])("%j may set it up", (change) => {
  expect(foundBy(loneServers, { ...several("redis:8"), ...change })).toEqual([]);
});

test("two are several", () => {
  const two = { ...several("redis:8"), "StatefulSet/store spec.replicas": 2 };
  expect(foundBy(loneServers, two)).toEqual(["StatefulSet/store spec.replicas"]);
});
