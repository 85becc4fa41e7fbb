import { expect, test } from "vitest";
import { redisLogin } from "../../../policies/exposure/redis-login.ts";
import { foundBy, messagesOf } from "../world.ts";

/** Keeps what shells substitute out of the hands of JavaScript. */
const variable = ["$", "{PASSWORD}"].join("");

const pod = "StatefulSet/store spec.template.spec";
const redis = { [`${pod}.containers.0.image`]: "redis:8.2" };
const withFile = (content: string) => ({
  ...redis,
  "ConfigMap/web-settings data": { "redis.conf": content },
  [`${pod}.volumes.1`]: { name: "settings", configMap: { name: "web-settings" } },
  [`${pod}.containers.0.volumeMounts.2`]: { name: "settings", mountPath: "/etc/redis" },
  [`${pod}.containers.0.command`]: ["redis-server", "/etc/redis/redis.conf"],
});

test("there is no Redis without a password", () => {
  expect(foundBy(redisLogin)).toEqual([]);
});

test("nobody told it to ask", () => {
  expect(foundBy(redisLogin, redis)).toEqual([`${pod}.containers[0].args`]);
  expect(
    foundBy(redisLogin, { ...redis, [`${pod}.containers.0.command`]: ["redis-server", "--save", ""] }),
  ).toEqual([`${pod}.containers[0].command`]);
  expect(messagesOf(redisLogin, redis)[0]).toMatch(
    /^container store runs redis, which asks nobody for a password\. .* --aclfile /,
  );
});

test("its configuration does not", () => {
  expect(foundBy(redisLogin, withFile("bind 0.0.0.0\n# requirepass foobared\n"))).toEqual([
    'ConfigMap/web-settings data["redis.conf"]',
  ]);
});

test.each([
  withFile(`port 6379\nrequirepass ${variable}\n`),
  withFile("port 6379\naclfile /run/secrets/store/users.acl\n"),
  { ...redis, [`${pod}.containers.0.args`]: ["--requirepass", "$(PASSWORD)"] },
  { ...redis, [`${pod}.containers.0.args`]: ["/run/secrets/store/redis.conf"] },
  { ...redis, [`${pod}.containers.0.args`]: ["sh", "-c", 'exec redis-server --requirepass "$(cat /run/p)"'] },
  { ...redis, [`${pod}.containers.0.env`]: [{ name: "REDIS_PASSWORD", valueFrom: {} }] },
  { ...redis, [`${pod}.containers.0.envFrom`]: [{ secretRef: { name: "store" } }] },
  { ...redis, [`${pod}.containers.0.command`]: ["redis-cli", "monitor"] },
  { [`${pod}.containers.0.image`]: "oliver006/redis_exporter:v1.80.0" },
  { ...redis, "StatefulSet/store kind": "Job" },
])("%j is fine, or may be", (changes) => {
  expect(foundBy(redisLogin, changes)).toEqual([]);
});
