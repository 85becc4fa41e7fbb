import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configurationFiles } from "../../components/data/redis/configuration.ts";

function file(name: string, maxmemory = "256mb"): string {
  const files = configurationFiles({ maxmemory });
  expect(Object.keys(files).sort()).toEqual(["redis.conf", "start.sh"]);
  return files[name] ?? "";
}

test("the configuration is a cache's, and has every directive once", () => {
  const directives = file("redis.conf", "96mb")
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
    aclfile: "/run/server/users.acl",
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

test("the server starts with what its pod was made for, and the file that is mounted", () => {
  const script = file("start.sh");
  expect(script).toBe(readFileSync(new URL("../../components/data/redis/start.sh", import.meta.url), "utf8"));
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  const steps = [
    "set -eu\n",
    '[ "$(cat /run/secrets/accepted/revision)" = "$ACCEPTED_REVISION" ]',
    "cp -f /run/secrets/accepted/password /run/server/password",
    "current=$(digest /run/secrets/accepted/password)",
    "published=$(digest /run/secrets/published/password)",
    "known=/data/passwords",
    ">/run/server/users.acl",
    "exec redis-server /etc/redis/redis.conf",
  ];
  const places = steps.map((step) => script.indexOf(step));
  expect(places.filter((place) => place < 0)).toEqual([]);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(script.trimEnd().split("\n").at(-1)).toBe(steps.at(-1));
});
