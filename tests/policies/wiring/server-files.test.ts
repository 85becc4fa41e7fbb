import { expect, test } from "vitest";
import { serverFiles } from "../../../policies/wiring/server-files.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const found = ["Deployment/web spec.template.spec.containers[0].volumeMounts[0].mountPath"];

/** The world's web server as another one with this file. */
const server = (image: string, file: string, mountPath: string, more: object = {}) => ({
  [`${pod}.containers.0.image`]: image,
  [`${pod}.containers.0.volumeMounts.0.mountPath`]: mountPath,
  "ConfigMap/web-settings data": { [file]: "# settings" },
  ...more,
});
const postgres = (more: object = {}) => server("postgres:17.2", "postgresql.conf", "/etc/postgresql", more);

test.each([
  ["postgres", postgres()],
  ["redis", server("redis:8.2", "redis.conf", "/usr/local/etc/redis")],
  ["mysql", server("mysql:8.4", "my.cnf", "/config")],
  ["mongo", server("mongo:8.0", "mongod.conf", "/etc")],
  ["nginx", server("nginxinc/nginx-unprivileged:1.29", "nginx.conf", "/config")],
])("%s that is not told of its file is refused", (_, changes) => {
  expect(foundBy(serverFiles, changes)).toEqual(found);
});

test("the message names file and server", () => {
  expect(messagesOf(serverFiles, postgres())[0]).toMatch(
    /^container web has \/etc\/postgresql\/postgresql.conf, which postgres does not read by itself and is not told to\..* Write args: \[-c, config_file=\/etc\/postgresql\/postgresql.conf\]/,
  );
});

test.each([
  ["an argument", { [`${pod}.containers.0.args`]: ["-c", "config_file=/etc/postgresql/postgresql.conf"] }],
  ["a shell's line", { [`${pod}.containers.0.command`]: ["sh", "-c", "exec postgres -D /etc/postgresql"] }],
  [
    "a variable",
    { [`${pod}.containers.0.env`]: [{ name: "ARGS", value: "config_file=/etc/postgresql/postgresql.conf" }] },
  ],
  [
    "a script",
    { "ConfigMap/web-settings data.start~sh": "postgres -c config_file=/etc/postgresql/postgresql.conf" },
  ],
])("a server may be told by %s", (_, changes) => {
  expect(foundBy(serverFiles, postgres(changes))).toEqual([]);
});

test.each([
  ["mysql", server("mysql:8.4", "my.cnf", "/etc/mysql/conf.d")],
  ["nginx", server("nginx:1.29", "nginx.conf", "/etc/nginx")],
  ["bitnami's redis", server("bitnami/redis:8.2", "redis.conf", "/opt/bitnami/redis/etc")],
])("%s reads its own folder", (_, changes) => {
  expect(foundBy(serverFiles, changes)).toEqual([]);
});

test.each([
  ["other files", server("postgres:17.2", "init.sql", "/docker-entrypoint-initdb.d")],
  ["other programs", server("registry.example/web:1", "postgresql.conf", "/etc/postgresql")],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(serverFiles, changes)).toEqual([]);
});
