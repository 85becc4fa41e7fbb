import { expect, test } from "vitest";
import { openServers } from "../../../policies/exposure/open-servers.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "StatefulSet/store spec.template.spec.containers.0";
const path = "StatefulSet/store spec.template.spec.containers[0]";
const env = (name: string, value: unknown) => ({ [`${container}.env`]: [{ name, value }] });

test("no login is switched off", () => {
  expect(foundBy(openServers)).toEqual([]);
});

test.each([
  ["POSTGRES_HOST_AUTH_METHOD", "trust"],
  ["MYSQL_ALLOW_EMPTY_PASSWORD", "yes"],
  ["ALLOW_EMPTY_PASSWORD", "yes"],
  ["xpack.security.enabled", "false"],
  ["xpack.security.enabled", false],
  ["DISABLE_SECURITY_PLUGIN", "true"],
  ["GF_AUTH_ANONYMOUS_ENABLED", "true"],
  ["NEO4J_AUTH", "none"],
])("%s=%s", (name, value) => {
  expect(foundBy(openServers, env(name, value))).toEqual([`${path}.env[0].value`]);
});

test.each([
  ["POSTGRES_HOST_AUTH_METHOD", "scram-sha-256"],
  ["ALLOW_EMPTY_PASSWORD", "no"],
  ["xpack.security.enabled", "true"],
  ["GF_AUTH_ANONYMOUS_ENABLED", "false"],
  ["MYSQL_ALLOW_EMPTY_PASSWORD", ""],
])("%s=%s is fine", (name, value) => {
  expect(foundBy(openServers, env(name, value))).toEqual([]);
});

test.each([
  [["--anonymous-auth=true"], 0],
  [["mongod", "--noauth"], 1],
  [["redis-server", "--protected-mode", "no"], 1],
  [["--api.insecure"], 0],
  [["jupyter", "lab", "--ServerApp.token="], 2],
])("options %j", (args, index) => {
  expect(foundBy(openServers, { [`${container}.args`]: args })).toEqual([`${path}.args[${index}]`]);
  expect(foundBy(openServers, { [`${container}.command`]: args })).toEqual([`${path}.command[${index}]`]);
});

test("options that say no are fine", () => {
  const args = ["--anonymous-auth=false", "--protected-mode", "yes", "--api.insecure=false"];
  expect(foundBy(openServers, { [`${container}.args`]: args })).toEqual([]);
});

test.each([
  ["elasticsearch.yml", "cluster.name: shop\nxpack.security.enabled: false\n"],
  ["opensearch.yml", "plugins.security.disabled: true\ncluster.name: shop\n"],
  ["pg_hba.conf", "local all all trust\nhost all all 0.0.0.0/0 trust\n"],
  ["pg_hba.conf", "host all all 10.0.0.0 255.0.0.0 trust\n"],
  ["grafana.ini", "[server]\nport = 3000\n[auth.anonymous]\n# for all\nenabled = true\n"],
  ["traefik.yaml", "api:\n  dashboard: true\n  insecure: true\n"],
])("a line of %s", (key, content) => {
  const changes = { "ConfigMap/web-settings data": { [key]: content } };
  expect(foundBy(openServers, changes)).toEqual([`ConfigMap/web-settings data["${key}"]`]);
});

test.each([
  [
    "pg_hba.conf",
    "local all all trust\nhost all all 127.0.0.1/32 trust\nhost all all ::1/128 trust\nhost all all all scram-sha-256\n",
  ],
  ["grafana.ini", "[auth.anonymous]\nenabled = false\n[auth.basic]\nenabled = true\n"],
  ["elasticsearch.yml", "# xpack.security.enabled: false\ncluster.name: shop\n"],
])("other lines of %s are fine", (key, content) => {
  expect(foundBy(openServers, { "ConfigMap/web-settings data": { [key]: content } })).toEqual([]);
});

test("a ConfigMap of variables; messages say what is open", () => {
  const changes = { "ConfigMap/web-settings data": { POSTGRES_HOST_AUTH_METHOD: "trust" } };
  expect(foundBy(openServers, changes)).toEqual(["ConfigMap/web-settings data.POSTGRES_HOST_AUTH_METHOD"]);
  expect(messagesOf(openServers, changes)[0]).toMatch(
    /^with POSTGRES_HOST_AUTH_METHOD: trust, PostgreSQL lets everybody in without a password\. /,
  );
});

test("what any value switches on is named without its value, which may be the password", () => {
  const changes = { "ConfigMap/web-settings data": { MYSQL_ALLOW_EMPTY_PASSWORD: "hunter2" } };
  const expected = /^with MYSQL_ALLOW_EMPTY_PASSWORD, MySQL lets root in without a password\. /;
  expect(messagesOf(openServers, changes)[0]).toMatch(expected);
  expect(messagesOf(openServers, env("MYSQL_ALLOW_EMPTY_PASSWORD", "hunter2"))[0]).toMatch(expected);
});

test("Kafka between pods of its own may well speak in the clear", () => {
  expect(foundBy(openServers, env("ALLOW_PLAINTEXT_LISTENER", "yes"))).toEqual([]);
});

test.each([
  ["--requirepass", "$(PASSWORD)"],
  ["--aclfile", "/run/secrets/store/users.acl"],
  ["/etc/redis/redis.conf"],
])("Redis without its protected mode asks for a login by %s", (...more) => {
  const args = { [`${container}.args`]: ["--protected-mode", "no", ...more] };
  expect(foundBy(openServers, args)).toEqual([]);
  const command = { [`${container}.command`]: ["redis-server", ...more] };
  expect(foundBy(openServers, { ...command, [`${container}.args`]: ["--protected-mode", "no"] })).toEqual([]);
});

test("a setting ends with its line, however many empty ones follow", () => {
  const data = (content: string) => ({ "ConfigMap/web-settings data": { "mosquitto.conf": content } });
  expect(foundBy(openServers, data("port 1\n  allow_anonymous  true\n"))).toHaveLength(1);
  expect(foundBy(openServers, data("allow_anonymous\ntrue\n"))).toEqual([]);
  expect(foundBy(openServers, data("\n".repeat(30_000)))).toEqual([]);
});
